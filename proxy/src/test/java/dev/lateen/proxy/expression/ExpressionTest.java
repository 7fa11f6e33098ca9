package dev.lateen.proxy.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.Refusal;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.RouteFacts;
import dev.lateen.proxy.stream.StreamInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionTest {
    private static final Place HERE = Place.resource("listener", "a");
    private static final Surroundings AROUND = new Surroundings(
            Map.of("id", "sidecar-1", "metadata", Map.of("LABELS", Map.of("app", "shop"), "CLUSTER_ID", "K")));

    private static StreamInfo info() {
        Headers headers = new Headers();
        headers.add("x-tenant", "blue");
        headers.add("user-agent", "curl/8");
        StreamInfo info = new StreamInfo();
        info.request = new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "shop:80", "/a/b?c=d", headers);
        info.status = 200;
        info.responseHeaders = new Headers();
        info.responseHeaders.add("content-type", "text/plain");
        info.downstreamPeer = new PeerInfo(
                "web-v1",
                "front",
                "web",
                "v1",
                "web",
                "v1",
                "K",
                new PeerInfo.Replica("web-v1-7", "deployment", Map.of("role", "edge")));
        info.clusterMetadata = Map.of("istio", Map.of("config", "a", "list", List.of("b")));
        info.route = new RouteFacts("80", "shop", "main", Map.of("istio", Map.of("config", "r")));
        info.metadata().put("jwt", "sub", "ann");
        info.direction = "INBOUND";
        info.connectionId = 9;
        info.startEpochMillis = Instant.parse("2026-01-31T12:00:00.5Z").toEpochMilli();
        info.bytesReceived = 1234;
        info.startNanos = 1;
        info.endNanos = 250_000_001;
        return info;
    }

    private static String value(String text) {
        return String.valueOf(ExpressionCompiler.compile(text, HERE).text(info(), AROUND));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "request.host ~ shop:80",
                "request.method ~ GET",
                "request.path ~ /a/b?c=d",
                "request.url_path ~ /a/b",
                "request.query ~ c=d",
                "request.protocol ~ HTTP/1.1",
                "request.headers['x-tenant'] ~ blue",
                "request.headers['X-Tenant'] ~ blue",
                "request.headers[\":authority\"] ~ shop:80",
                "request.useragent ~ curl/8",
                "request.size ~ 1234",
                "request.duration ~ 0.25s",
                "request.duration >= duration('250ms') ~ true",
                "request.duration > duration('1m0.5s') ~ false",
                "duration('1h30m') == duration('5400s') ~ true",
                "response.code ~ 200",
                "response.headers['content-type'] ~ text/plain",
                "node.id ~ sidecar-1",
                "node.metadata['LABELS']['app'] ~ shop",
                "xds.node.metadata.CLUSTER_ID ~ K",
                "downstream_peer.namespace ~ front",
                "filter_state.downstream_peer.app ~ web",
                "filter_state.downstream_peer.name ~ web-v1-7",
                "filter_state.downstream_peer.type ~ deployment",
                "filter_state.downstream_peer.labels['role'] ~ edge",
                "downstream_peer.labels.role ~ edge",
                "xds.cluster_metadata.filter_metadata['istio']['config'] ~ a",
                "xds.route_metadata.filter_metadata.istio.config ~ r",
                "metadata.filter_metadata['jwt']['sub'] ~ ann",
                "xds.virtual_host_name ~ shop",
                "xds.listener_direction ~ 1",
                "connection.id ~ 9",
                "request.time ~ 2026-01-31T12:00:00.500Z",
                "request.time > timestamp('2026-01-31T12:00:00Z') ~ true",
                "request.time - timestamp('2026-01-31T12:00:00Z') ~ 0.5s",
                "request.time + duration('1s') - duration('500ms') == timestamp('2026-01-31T12:00:01Z') ~ true",
                "request.total_size ~ 1313",
                "response.total_size ~ 32",
                "response.flags ~ 0",
                "'literal' ~ literal",
                "r'a\\b' ~ a\\b",
                "'it\\'s' ~ it's",
                "7 ~ 7",
                "0x10 ~ 16",
                "true ~ true",
            })
    void readsAttributesAndLiterals(String text, String expected) {
        assertThat(value(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "1 + 2 * 3 ~ 7",
                "(1 + 2) * 3 ~ 9",
                "-2 - 1 ~ -3",
                "7 % 4 ~ 3",
                "'a' + 'b' ~ ab",
                "response.code == 200 ~ true",
                "response.code >= 500 ? 'bad' : 'good' ~ good",
                "response.code >= 200 && response.code < 300 || false ~ true",
                "!(request.method == 'POST') ~ true",
                "request.url_path.startsWith('/a') ? 'a' : request.host ~ a",
                "request.url_path.endsWith('/b') ~ true",
                "request.path.contains('zz') ~ false",
                "request.url_path.matches('^/[a-z]+/b$') ~ true",
                "has(request.headers['x-tenant']) ? 'yes' : 'no' ~ yes",
                "has(request.headers.nothing) ? 'yes' : 'no' ~ no",
                "has(filter_state.downstream_peer) ~ true",
                "has(filter_state.upstream_peer) ~ false",
                "has(filter_state.downstream_peer.labels) ~ true",
                "has(xds.cluster_metadata.filter_metadata) ~ true",
                "has(xds.cluster_metadata.filter_metadata.istio) ~ true",
                "has(xds.upstream_host_metadata.filter_metadata) ~ false",
                "has(node.metadata.LABELS) ~ true",
                "'x-tenant' in request.headers ~ true",
                "request.method in ['GET', 'HEAD'] ~ true",
                "size(request.host) ~ 7",
                "request.host.size() ~ 7",
                "string(response.code) + '!' ~ 200!",
                "int('41') + 1 ~ 42",
                "true || request.headers['nothing'] == 'a' ~ true",
                "request.headers['nothing'] == 'a' || true ~ true",
                "false && request.headers['nothing'] == 'a' ~ false",
            })
    void computes(String text, String expected) {
        assertThat(value(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "request.headers['nothing']",
                "request.headers['nothing'] == 'a'",
                "response.trailers['a']",
                "response.code + 'a'",
                "upstream_peer.app",
                "1 / 0",
                "node.metadata.NOTHING.at.all",
                "response.code < 'a'",
                "connection.requested_server_name",
                "filter_state.downstream_peer",
                "filter_state.downstream_peer.labels['none']",
                "filter_state.upstream_peer.name",
                "xds.cluster_metadata.filter_metadata['istio']['list']",
                "response.backend_latency",
                "connection.tls_version",
                "upstream.tls_version",
                "upstream.subject_peer_certificate",
            })
    void hasNoValueWhereCelHasAnError(String text) {
        assertThat(value(text)).isEqualTo("null");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "request.hots ~ attribute 'request.hots' is not known",
                "host ~ attribute 'host' is not known",
                "request.headers ~ attribute 'request.headers' is not known",
                "request.host == ~ a name is expected, at column 16",
                "request.host 'a' ~ unexpected '''",
                "(1 ~ ')' is expected",
                "'a ~ a text has no end",
                "filter_state.downstream_peer.owner ~ attribute 'filter_state.downstream_peer.owner' is not known",
                "xds.cluster_metadata ~ attribute 'xds.cluster_metadata' is not known",
                "timestamp('noon') ~ wants a literal such as '2026",
                "foo(1) ~ function foo with 1 arguments is not known",
                "request.host.reverse() ~ method reverse with 0 arguments is not known",
                "request.host.matches('(') ~ is not a regular expression",
                "12ab ~ '12ab' is not a number",
            })
    void saysWhatItDoesNotKnow(String text, String reason) {
        assertThatThrownBy(() -> value(text)).isInstanceOf(Refusal.class).hasMessageContaining(reason);
    }

    /// What docs/testing.md advises for sampled logs: failures are all there, also those without an answer.
    @Test
    void takesAllFailuresIntoASample() {
        Expression sampled = ExpressionCompiler.compile(
                "!has(response.code) || response.code >= 400 || response.flags != 0"
                        + " || request.duration >= duration('1s') || request.id.endsWith('0')",
                HERE);
        StreamInfo fine = info();
        StreamInfo denied = info();
        denied.status = 403;
        StreamInfo brokenOff = info();
        brokenOff.flag(ResponseFlag.UPSTREAM_CONNECTION_TERMINATION);
        StreamInfo clientGone = info();
        clientGone.status = 0;
        clientGone.flag(ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION);
        StreamInfo connection = new StreamInfo();
        assertThat(sampled.evaluate(fine, AROUND)).isNotEqualTo(true);
        for (StreamInfo wanted : List.of(denied, brokenOff, clientGone, connection)) {
            assertThat(sampled.evaluate(wanted, AROUND)).isEqualTo(true);
        }
    }

    @Test
    void numbersFlagsAsEnvoyDoes() {
        StreamInfo info = info();
        info.flag(ResponseFlag.NO_ROUTE_FOUND);
        info.flag(ResponseFlag.UPSTREAM_CONNECTION_FAILURE);
        info.flag(ResponseFlag.DOWNSTREAM_REMOTE_RESET);
        assertThat(ExpressionCompiler.compile("response.flags", HERE).evaluate(info, AROUND))
                .isEqualTo((1L << 28) + 256L + 32L);
    }

    @Test
    void refusesNestingThatWouldExhaustTheStack() {
        assertThatThrownBy(() -> value("(".repeat(2000) + "1" + ")".repeat(2000)))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("64 levels");
        assertThatThrownBy(() -> value("!".repeat(2000) + "true")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> value("'" + "a".repeat(5000) + "'")).isInstanceOf(Refusal.class);
    }
}
