package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What clients get and the log says when upstreams fail, by connection, by protocol, or by time.
@ParameterizedClass
@EnumSource(DataPlane.class)
class UpstreamFaultsIT {
    private static RunningProxy proxy;
    private static Misbehaving misbehaving;

    @Parameter
    DataPlane plane;

    @BeforeParameterizedClassInvocation
    static void start(DataPlane plane) throws Exception {
        misbehaving = new Misbehaving();
        proxy = plane.start(new Bootstrap()
                .cluster("bad", misbehaving.upstream().port())
                .cluster("dead", Ports.free())
                .cluster("empty", "connect_timeout: 1s")
                .http(
                        "main",
                        "internal_address_config: {cidr_ranges: [{address_prefix: 10.0.0.0, prefix_len: 8}]},",
                        "",
                        """
                        {match: {prefix: /dead}, route: {cluster: dead}},
                        {match: {prefix: /empty}, route: {cluster: empty}},
                        {match: {prefix: /gone}, route: {cluster: gone}},
                        {match: {prefix: /, query_parameters: [{name: kind, string_match: {exact: short}}]}, route: {cluster: bad, timeout: 0.2s}},
                        {match: {prefix: /, query_parameters: [{name: kind, string_match: {exact: cut}}]}, route: {cluster: bad, timeout: 2s}},
                        {match: {prefix: /, query_parameters: [{name: kind, string_match: {exact: idle}}]}, route: {cluster: bad, timeout: 0s, idle_timeout: 0.2s}},
                        {match: {prefix: /, query_parameters: [{name: kind, string_match: {exact: duration}}]}, route: {cluster: bad, timeout: 0s, max_stream_duration: {max_stream_duration: 0.2s}}},
                        {match: {prefix: /}, route: {cluster: bad, timeout: 10s}}"""));
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        proxy.close();
        misbehaving.upstream().close();
    }

    @ParameterizedTest
    @CsvSource({
        "reset, 503, UC, upstream_reset_before_response_started{connection_termination}",
        "close, 503, UC, upstream_reset_before_response_started{connection_termination}",
        "garbage, 502, UPE, upstream_reset_before_response_started{protocol_error}",
        "two-lengths, 502, UPE, upstream_reset_before_response_started{protocol_error}",
        "huge-head, 502, UPE, upstream_reset_before_response_started{protocol_error}",
    })
    void answersWhenTheUpstreamFailsBeforeItsHead(String fault, int status, String flag, String details)
            throws Exception {
        Reply reply = proxy.client("main").get("/fail/" + fault + "?before-" + fault);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.body()).startsWith("upstream connect error or disconnect/reset before headers");
        LogLine line = proxy.logged("?before-" + fault);
        assertThat(line.status()).isEqualTo(String.valueOf(status));
        assertThat(line.flags()).isEqualTo(flag);
        assertThat(line.details()).startsWith(details.substring(0, details.length() - 1));
    }

    @ParameterizedTest
    @CsvSource({"half-body, UC, UPE", "half-chunked, UC, UPE", "bad-chunk, UPE, UPE"})
    void cutsTheResponseWhenTheUpstreamFailsAfterItsHead(String fault, String ours, String envoys) throws Exception {
        Reply reply = proxy.client("main").get("/fail/" + fault + "?after-" + fault);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.complete()).isFalse();
        LogLine line = proxy.logged("?after-" + fault);
        assertThat(line.flags()).isEqualTo(plane == DataPlane.ENVOY ? envoys : ours);
        assertThat(line.details()).startsWith("upstream_reset_after_response_started");
    }

    @Test
    void answersWhenTheHeadIsCut() throws Exception {
        Reply reply = proxy.client("main").get("/fail/half-head?half-head");
        LogLine line = proxy.logged("?half-head");
        assertThat(reply.status()).isEqualTo(plane == DataPlane.ENVOY ? 502 : 503);
        assertThat(line.flags()).isEqualTo(plane == DataPlane.ENVOY ? "UPE" : "UC");
    }

    @Test
    void refusesResponsesWithTwoFramings() throws Exception {
        Reply reply = proxy.client("main").get("/fail/both-lengths?both-lengths");
        assertThat(reply.status()).isEqualTo(502);
        assertThat(proxy.logged("?both-lengths").flags()).isEqualTo("UPE");
    }

    @Test
    void saysThatTheConnectionWasRefused() throws Exception {
        Reply reply = proxy.client("main").get("/dead?refused");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.body())
                .startsWith(
                        "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure");
        LogLine line = proxy.logged("?refused");
        assertThat(line.flags()).isEqualTo("UF");
        assertThat(line.details()).startsWith("upstream_reset_before_response_started{remote_connection_failure");
        assertThat(line.transportFailure()).contains("refused");
        assertThat(line.cluster()).isEqualTo("dead");
    }

    @Test
    void saysThatThereIsNoHost() throws Exception {
        Reply reply = proxy.client("main").get("/empty?no-host");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.body()).isEqualTo("no healthy upstream");
        LogLine line = proxy.logged("?no-host");
        assertThat(line.flags()).isEqualTo("UH");
        assertThat(line.details()).isEqualTo("no_healthy_upstream");
    }

    @Test
    void saysThatThereIsNoCluster() throws Exception {
        Reply reply = proxy.client("main").get("/gone?no-cluster");
        assertThat(reply.status()).isEqualTo(503);
        LogLine line = proxy.logged("?no-cluster");
        assertThat(line.flags()).isEqualTo("NC");
        assertThat(line.details()).isEqualTo("cluster_not_found");
    }

    @Test
    void answersGatewayTimeout() throws Exception {
        Reply reply = proxy.client("main").get("/fail/hang?kind=short");
        assertThat(reply.status()).isEqualTo(504);
        assertThat(reply.body()).isEqualTo("upstream request timeout");
        LogLine line = proxy.logged("?kind=short");
        assertThat(line.flags()).isEqualTo("UT");
        assertThat(line.details()).isEqualTo("response_timeout");
    }

    @Test
    void countsTheTimeoutFromTheEndOfTheBody() throws Exception {
        try (var socket = proxy.connect("main")) {
            HttpClient.write(
                    socket, "POST /fail/hang?kind=short&post HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\na");
            HttpClient.write(socket, "bc");
            assertThat(Reply.read(socket.getInputStream(), "POST").status()).isEqualTo(504);
        }
        assertThat(proxy.logged("&post").flags()).isEqualTo("UT");
    }

    @Test
    void cutsTheResponseAtTheTimeout() throws Exception {
        Reply reply = proxy.client("main").get("/slow-body/x?kind=cut");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.complete()).isFalse();
        LogLine line = proxy.logged("?kind=cut");
        assertThat(line.flags()).isEqualTo("UT");
        assertThat(line.details()).isEqualTo("response_timeout");
    }

    @Test
    void takesAShorterTimeoutFromAnInternalClient() throws Exception {
        Reply reply = proxy.client("main")
                .get("/fail/hang?asked", "x-forwarded-for: 10.0.0.1", "x-envoy-upstream-rq-timeout-ms: 100");
        assertThat(reply.status()).isEqualTo(504);
        assertThat(proxy.logged("?asked").flags()).isEqualTo("UT");
    }

    @Test
    void endsIdleStreams() throws Exception {
        Reply reply = proxy.client("main").get("/fail/hang?kind=idle");
        assertThat(reply.status()).isEqualTo(504);
        assertThat(reply.body()).isEqualTo("stream timeout");
        LogLine line = proxy.logged("?kind=idle");
        assertThat(line.flags()).isEqualTo("SI");
        assertThat(line.details()).isEqualTo("stream_idle_timeout");
    }

    @Test
    void endsStreamsThatLastTooLong() throws Exception {
        Reply reply = proxy.client("main").get("/fail/hang?kind=duration");
        assertThat(reply.status()).isEqualTo(504);
        LogLine line = proxy.logged("?kind=duration");
        assertThat(line.flags()).as(line.toString()).isEqualTo("-");
        assertThat(line.details()).isEqualTo("max_duration_timeout");
    }

    @Test
    void tellsTheUpstreamHowLongTheClientWaits() throws Exception {
        proxy.client("main").get("/status/200?expected");
        assertThat(misbehaving.upstream().requests().stream().filter(request -> request.contains("?expected")))
                .allMatch(request -> request.contains("x-envoy-expected-rq-timeout-ms: 10000\r\n"));
    }

    @Test
    void logsWhenTheClientLeaves() throws Exception {
        try (var socket = proxy.connect("main")) {
            HttpClient.write(socket, HttpClient.head("GET", "/fail/hang?client-left"));
            org.awaitility.Awaitility.await().until(() -> misbehaving.upstream().count("?client-left") == 1);
        }
        LogLine line = proxy.logged("?client-left");
        assertThat(line.status()).isEqualTo("0");
        assertThat(line.flags()).isEqualTo("DC");
        assertThat(line.details()).startsWith("downstream_remote_disconnect");
    }
}
