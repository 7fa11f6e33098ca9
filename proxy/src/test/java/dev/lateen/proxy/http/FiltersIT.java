package dev.lateen.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.http.filter.PeerMetadata;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.StreamInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Filters in front of an upstream, as xDS configures them.
@Timeout(60)
class FiltersIT {
    private static final String TYPE = "type.googleapis.com/envoy.extensions.filters.http.";

    private final ProxyFixture proxy = new ProxyFixture();

    @AfterEach
    void stop() {
        proxy.close();
    }

    private void start(ScriptedUpstream upstream, String routeFields, String filters) throws Exception {
        String route = "{\"match\": {\"prefix\": \"/\"}, \"route\": {\"cluster\": \"a\"}" + routeFields + "}";
        proxy.cluster("a", upstream.port(), "").start("", "", route, filters);
    }

    private static ScriptedUpstream ok() throws Exception {
        return ScriptedUpstream.answering(ScriptedUpstream.response(200, "ok"));
    }

    private static String filter(String name, String type, String fields) {
        return "{\"name\": \"" + name + "\", \"typed_config\": {\"@type\": \"" + type + "\"" + fields + "}},";
    }

    @Test
    void faultsAbortAndDelay() throws Exception {
        try (var upstream = ok()) {
            start(
                    upstream,
                    ", \"typed_per_filter_config\": {\"fault\": {\"@type\": \"" + TYPE + "fault.v3.HTTPFault\","
                            + "\"delay\": {\"fixed_delay\": \"0.15s\", \"percentage\": {\"numerator\": 100}},"
                            + "\"abort\": {\"http_status\": 418, \"percentage\": {\"numerator\": 100}}}}",
                    filter("fault", TYPE + "fault.v3.HTTPFault", ""));
            assertThat(proxy.get("/")).startsWith("HTTP/1.1 418").endsWith("fault filter abort");
            StreamInfo info = proxy.nextLogged();
            assertThat(info.flagsText()).isEqualTo("DI,FI");
            assertThat(info.details).isEqualTo("fault_filter_abort");
            assertThat(info.endNanos - info.startNanos).isGreaterThan(150_000_000L);
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void accessIsDeniedWhereNoPolicyAllowsIt() throws Exception {
        try (var upstream = ok()) {
            start(upstream, "", filter("rbac", TYPE + "rbac.v3.RBAC", """
                    , "rules": {"action": "ALLOW", "policies": {"ns[a] rule": {
                        "permissions": [{"and_rules": {"rules": [
                           {"header": {"name": ":method", "string_match": {"exact": "GET"}}},
                           {"url_path": {"path": {"prefix": "/open/"}}}]}}],
                        "principals": [{"direct_remote_ip": {"address_prefix": "127.0.0.0", "prefix_len": 8}}]}}}"""));
            assertThat(proxy.get("/open/x?y")).startsWith("HTTP/1.1 200");
            proxy.nextLogged();
            assertThat(proxy.get("/closed")).startsWith("HTTP/1.1 403").endsWith("RBAC: access denied");
            assertThat(proxy.nextLogged().details).isEqualTo("rbac_access_denied_matched_policy[none]");
        }
    }

    @Test
    void aDenyingPolicyIsNamedInTheDetails() throws Exception {
        try (var upstream = ok()) {
            start(upstream, "", filter("rbac", TYPE + "rbac.v3.RBAC", """
                    , "rules": {"action": "DENY", "policies": {"no bad": {"permissions": [{"any": true}],
                        "principals": [{"header": {"name": "x-bad", "present_match": true}}]}}}"""));
            assertThat(proxy.get("/")).startsWith("HTTP/1.1 200");
            proxy.nextLogged();
            assertThat(proxy.get("/", "x-bad: 1")).startsWith("HTTP/1.1 403");
            assertThat(proxy.nextLogged().details).isEqualTo("rbac_access_denied_matched_policy[no_bad]");
        }
    }

    @Test
    void requestsAboveTheRateGet429() throws Exception {
        try (var upstream = ok()) {
            start(upstream, "", filter("limit", TYPE + "local_ratelimit.v3.LocalRateLimit", """
                    , "stat_prefix": "l", "token_bucket": {"max_tokens": 2, "fill_interval": "100s"},
                    "filter_enabled": {"default_value": {"numerator": 100}},
                    "filter_enforced": {"default_value": {"numerator": 100}}"""));
            assertThat(proxy.get("/")).startsWith("HTTP/1.1 200");
            assertThat(proxy.get("/")).startsWith("HTTP/1.1 200");
            assertThat(proxy.get("/")).startsWith("HTTP/1.1 429").endsWith("local_rate_limited");
            proxy.nextFlags();
            proxy.nextFlags();
            assertThat(proxy.nextFlags()).isEqualTo("RL");
        }
    }

    @Test
    void corsAnswersPreflightAndMarksResponses() throws Exception {
        try (var upstream = ok()) {
            start(
                    upstream,
                    ", \"typed_per_filter_config\": {\"cors\": {\"@type\": \"" + TYPE + "cors.v3.CorsPolicy\","
                            + "\"allow_origin_string_match\": [{\"exact\": \"https://a.test\"}],"
                            + "\"allow_methods\": \"GET\", \"expose_headers\": \"x-e\"}}",
                    filter("cors", TYPE + "cors.v3.Cors", ""));
            assertThat(proxy.call("OPTIONS / HTTP/1.1\r\nhost: a\r\nconnection: close\r\norigin: https://a.test\r\n"
                            + "access-control-request-method: GET\r\n\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .contains("access-control-allow-origin: https://a.test\r\n", "access-control-allow-methods: GET");
            assertThat(upstream.requests()).isEmpty();
            assertThat(proxy.get("/", "origin: https://a.test"))
                    .contains("access-control-allow-origin: https://a.test\r\n", "access-control-expose-headers: x-e");
            assertThat(proxy.get("/", "origin: https://b.test")).doesNotContain("access-control");
        }
    }

    @Test
    void outboundMetadataIsSentAndNotShownToTheClient() throws Exception {
        try (var upstream = ScriptedUpstream.answering(
                "HTTP/1.1 200 OK\r\nx-envoy-peer-metadata-id: sidecar~b\r\ncontent-length: 0\r\n\r\n")) {
            start(
                    upstream,
                    "",
                    "{\"name\": \"mx\", \"typed_config\": {"
                            + "\"@type\": \"type.googleapis.com/udpa.type.v1.TypedStruct\","
                            + "\"type_url\": \"type.googleapis.com/io.istio.http.peer_metadata.Config\","
                            + "\"value\": {\"upstream_propagation\": [{\"istio_headers\": {}}]}}},");
            assertThat(proxy.get("/")).startsWith("HTTP/1.1 200").doesNotContain("x-envoy-peer-metadata");
            assertThat(upstream.requests().getFirst())
                    .contains("x-envoy-peer-metadata: ", "x-envoy-peer-metadata-id: ");
        }
    }

    @Test
    void theClientsMetadataIsReadAnsweredAndKeptFromTheApplication() throws Exception {
        PeerInfo cart = new PeerInfo("cart-v1", "shop", "cart", "v1", "cart", "v1", "K");
        try (var upstream = ok()) {
            start(
                    upstream,
                    "",
                    "{\"name\": \"mx\", \"typed_config\": {"
                            + "\"@type\": \"type.googleapis.com/udpa.type.v1.TypedStruct\","
                            + "\"type_url\": \"type.googleapis.com/io.istio.http.peer_metadata.Config\","
                            + "\"value\": {\"downstream_discovery\": [{\"istio_headers\": {}}, {\"workload_discovery\": {}}],"
                            + "\"downstream_propagation\": [{\"istio_headers\": {}}]}}},");
            assertThat(proxy.get(
                            "/", "x-envoy-peer-metadata: " + PeerMetadata.encode(cart), "x-envoy-peer-metadata-id: c"))
                    .startsWith("HTTP/1.1 200")
                    .contains("x-envoy-peer-metadata: ", "x-envoy-peer-metadata-id: sidecar~test");
            assertThat(upstream.requests().getFirst()).doesNotContain("x-envoy-peer-metadata");
            assertThat(proxy.nextLogged().downstreamPeer).isEqualTo(cart);
            assertThat(proxy.get("/")).doesNotContain("x-envoy-peer-metadata");
        }
    }

    @Test
    void anUnknownFilterIsRefusedByItsName() {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> proxy.start("", "", "", filter("lua", TYPE + "lua.v3.Lua", ""))))
                .hasMessageContaining("http_filters[0]")
                .hasMessageContaining("lua.v3.Lua");
    }
}
