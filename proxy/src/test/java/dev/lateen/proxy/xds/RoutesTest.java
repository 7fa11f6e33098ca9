package dev.lateen.proxy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.route.RouteConfig;
import dev.lateen.proxy.route.RouteDecoder;
import dev.lateen.proxy.telemetry.Stats;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Numbers of routes live as long as a route in force counts by them.
final class RoutesTest {
    private final Stats stats = new Stats();
    private final Routes routes = new Routes(stats);

    @Test
    void keepNumbersOfRoutesThatStay() {
        routes.put(config("80", "a", "b"));
        stats.counter("vhost.h.route.a.upstream_rq_total").add(3);
        routes.put(config("80", "a"));
        assertThat(stats.counters()).containsKey("vhost.h.route.a.upstream_rq_total");
        assertThat(stats.counter("vhost.h.route.a.upstream_rq_total").value()).isEqualTo(3);
    }

    @Test
    void forgetNumbersOfRoutesThatGo() {
        routes.put(config("80", "a", "b"));
        assertThat(stats.counters()).containsKey("vhost.h.route.b.upstream_rq_total");
        routes.put(config("80", "a"));
        assertThat(stats.counters().keySet()).noneMatch(name -> name.startsWith("vhost.h.route.b."));
        assertThat(stats.histograms().keySet()).noneMatch(name -> name.startsWith("vhost.h.route.b."));
        routes.retain(Set.of());
        assertThat(stats.counters().keySet()).noneMatch(name -> name.startsWith("vhost."));
    }

    @Test
    void keepNumbersThatAnotherConfigurationCountsBy() {
        routes.put(config("80", "a"));
        routes.put(config("81", "a"));
        routes.retain(Set.of("81"));
        assertThat(stats.counters()).containsKey("vhost.h.route.a.upstream_rq_total");
    }

    private static RouteConfig config(String name, String... statPrefixes) {
        VirtualHost.Builder host = VirtualHost.newBuilder().setName("h").addDomains("*");
        for (String prefix : statPrefixes) {
            host.addRoutes(Route.newBuilder()
                    .setStatPrefix(prefix)
                    .setMatch(RouteMatch.newBuilder().setPrefix("/" + prefix))
                    .setRedirect(RedirectAction.newBuilder().setHostRedirect("x")));
        }
        RouteDecoder decoder = new RouteDecoder((_, at) -> {
            throw at.refuse("no filters here");
        });
        return switch (decoder.decode(RouteConfiguration.newBuilder()
                .setName(name)
                .addVirtualHosts(host)
                .build())) {
            case Decoded.Ok<RouteConfig>(RouteConfig config) -> config;
            case Decoded.Rejected<RouteConfig>(String reason) -> throw new AssertionError(reason);
        };
    }
}
