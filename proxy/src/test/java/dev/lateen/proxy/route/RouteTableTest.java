package dev.lateen.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.ProtoJson;
import dev.lateen.proxy.stream.StreamInfo;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {
    private static final RouteDecoder DECODER = new RouteDecoder((config, at) -> {
        throw at.unsupported();
    });

    private static Decoded<RouteConfig> decode(String json) throws Exception {
        return DECODER.decode(
                new ProtoJson().parse(json, RouteConfiguration.newBuilder()).build());
    }

    private static String host(String name, String domains) {
        return "{\"name\": \"%s\", \"domains\": [%s], \"routes\": [{\"name\": \"%s\", \"match\": {\"prefix\": \"/\"}, \"route\": {\"cluster\": \"c\"}}]}"
                .formatted(name, domains, name);
    }

    private static RequestHead head(String authority, String path) {
        return new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", authority, path, new Headers());
    }

    private static String found(RouteTable table, RequestHead head) {
        RouteEntry entry = table.find(head, 0, new StreamInfo());
        return entry == null ? "none" : entry.route().name();
    }

    @ParameterizedTest
    @CsvSource({
        "a.test, exact",
        "A.TEST, exact",
        "a.test:80, exact",
        "x.b.a.test, longer",
        "x.a.test, suffix",
        "www.other, prefix",
        "else, any",
    })
    void theMostSpecificDomainWins(String authority, String expected) throws Exception {
        RouteConfig config = decode("{\"name\": \"r\", \"ignore_port_in_host_matching\": true, \"virtual_hosts\": ["
                        + host("any", "\"*\"") + "," + host("suffix", "\"*.a.test\"") + ","
                        + host("longer", "\"*.b.a.test\"") + "," + host("prefix", "\"www.*\"") + ","
                        + host("exact", "\"a.test\"") + "]}")
                .orRefuse();
        assertThat(found(new RouteTable(config), head(authority, "/"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/exact?q=1, path",
        "/exact/, rest",
        "/sep, separated",
        "/sep/x, separated",
        "/sepx, rest",
        "/re/12, regex",
        "/re/x, rest",
        "/UPPER/x, folded",
        "/q?a=1, query",
        "/q?a=2, rest",
    })
    void theFirstMatchingRouteWins(String path, String expected) throws Exception {
        String action = "\"route\": {\"cluster\": \"c\"}";
        RouteConfig config = decode("""
                        {"name": "r", "virtual_hosts": [{"name": "h", "domains": ["*"], "routes": [
                          {"name": "path", "match": {"path": "/exact"}, ACTION},
                          {"name": "separated", "match": {"path_separated_prefix": "/sep"}, ACTION},
                          {"name": "regex", "match": {"safe_regex": {"regex": "/re/[0-9]+"}}, ACTION},
                          {"name": "folded", "match": {"prefix": "/upper", "case_sensitive": false}, ACTION},
                          {"name": "query", "match": {"prefix": "/q", "query_parameters": [
                              {"name": "a", "string_match": {"exact": "1"}}]}, ACTION},
                          {"name": "rest", "match": {"prefix": "/"}, ACTION}]}]}""".replace("ACTION", action)).orRefuse();
        assertThat(found(new RouteTable(config), head("a", path))).isEqualTo(expected);
    }

    @Test
    void aVirtualHostWithoutAMatchingRouteEndsTheSearch() throws Exception {
        RouteConfig config = decode("""
                        {"name": "r", "virtual_hosts": [
                          {"name": "h", "domains": ["a"], "routes": []},
                          {"name": "any", "domains": ["*"], "routes": [
                            {"name": "x", "match": {"prefix": "/"}, "route": {"cluster": "c"}}]}]}""").orRefuse();
        assertThat(found(new RouteTable(config), head("a", "/"))).isEqualTo("none");
    }

    @Test
    void refusesAFieldThatIsNotImplementedByItsName() throws Exception {
        assertThat(decode("""
                        {"name": "r", "virtual_hosts": [{"name": "h", "domains": ["*"], "routes": [
                          {"match": {"prefix": "/"}, "route": {"cluster": "c", "internal_redirect_policy": {}}}]}]}"""))
                .isInstanceOfSatisfying(
                        Decoded.Rejected.class,
                        rejected -> assertThat(rejected.reason())
                                .contains("route 'r'", "routes[0].route.internal_redirect_policy"));
    }

    @Test
    void refusesWeightsOfZero() throws Exception {
        assertThat(decode("""
                        {"name": "r", "virtual_hosts": [{"name": "h", "domains": ["*"], "routes": [
                          {"match": {"prefix": "/"}, "route": {"weighted_clusters": {"clusters": [
                            {"name": "a", "weight": 0}]}}}]}]}"""))
                .isInstanceOfSatisfying(
                        Decoded.Rejected.class,
                        rejected -> assertThat(rejected.reason()).contains("the weights add up to 0"));
    }

    @Test
    void rewritesByExpressionKeepTheQuery() throws Exception {
        RouteConfig config = decode("""
                        {"name": "r", "virtual_hosts": [{"name": "h", "domains": ["*"], "routes": [
                          {"match": {"prefix": "/"}, "route": {"cluster": "c", "regex_rewrite": {
                            "pattern": {"regex": "^/a/([^/]+)"}, "substitution": "/b/\\\\1"}}}]}]}""").orRefuse();
        var forward = (RouteAction.Forward)
                config.virtualHosts().getFirst().routes().getFirst().action();
        assertThat(forward.rewrites().path().apply("/a/x/y?z", new PathMatcher.Prefix("/", false)))
                .isEqualTo("/b/x/y?z");
    }
}
