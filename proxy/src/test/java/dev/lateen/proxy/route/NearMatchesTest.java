package dev.lateen.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.ProtoJson;
import dev.lateen.proxy.stream.StreamInfo;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class NearMatchesTest {
    private RouteTable table = RouteTable.EMPTY;

    @BeforeEach
    void decode() throws Exception {
        String json = """
                {"name": "80", "virtual_hosts": [{"name": "shop", "domains": ["shop.test"], "routes": [
                  {"name": "canary", "match": {"prefix": "/api", "headers": [
                    {"name": "x-canary", "string_match": {"exact": "yes"}}]}, "route": {"cluster": "c"}},
                  {"name": "post", "match": {"prefix": "/api", "headers": [
                    {"name": ":method", "string_match": {"exact": "POST"}},
                    {"name": "x-any", "present_match": true}]}, "route": {"cluster": "c"}},
                  {"name": "query", "match": {"path": "/api/q", "query_parameters": [
                    {"name": "v", "string_match": {"exact": "2"}}]}, "route": {"cluster": "c"}},
                  {"name": "admin", "match": {"prefix": "/admin"}, "route": {"cluster": "c"}},
                  {"name": "rest", "match": {"prefix": "/api"}, "route": {"cluster": "c"}}]}]}
                """;
        table = new RouteTable(new RouteDecoder((_, at) -> {
                    throw at.unsupported();
                })
                .decode(new ProtoJson()
                        .parse(json, RouteConfiguration.newBuilder())
                        .build())
                .orRefuse());
    }

    private static RequestHead head(String authority, String path) {
        return new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", authority, path, new Headers());
    }

    private static List<String> words(List<NearMatches.Miss> misses) {
        return misses.stream()
                .map(miss -> miss.route().name() + ": " + miss.wants())
                .toList();
    }

    @Test
    void namesWhatTheRoutesBeforeTheTakenOneWanted() {
        RequestHead head = head("shop.test", "/api/q");
        RouteEntry taken = table.find(head, 0, new StreamInfo());
        assertThat(taken).isNotNull();
        assertThat(words(new NearMatches(table).of(head, taken == null ? null : taken.facts())))
                .containsExactly("canary: header x-canary yes", "post: method POST", "query: query parameter v 2");
    }

    @Test
    void putsTheRouteWithTheMostOfThePathFirst() {
        assertThat(words(new NearMatches(table).of(head("shop.test", "/ad"), null)))
                .startsWith("admin: a path that begins with /admin");
    }

    @Test
    void namesTheHostsThatThereAre() {
        assertThat(words(new NearMatches(table).of(head("other.test", "/"), null)))
                .containsExactly(": another host: shop.test");
    }
}
