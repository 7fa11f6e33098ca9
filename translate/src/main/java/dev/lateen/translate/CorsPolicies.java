package dev.lateen.translate;

import dev.lateen.model.istio.HttpRoute.Cors;
import dev.lateen.model.istio.StringMatch;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.type.v3.FractionalPercent;

/// What a route tells browsers about requests from pages of other origins.
final class CorsPolicies {
    private CorsPolicies() {}

    static void apply(Route.Builder route, Cors from) {
        CorsPolicy.Builder to = CorsPolicy.newBuilder();
        for (StringMatch origin : from.allowOrigins()) {
            to.addAllowOriginStringMatch(RouteMatches.text(origin));
        }
        to.setFilterEnabled(RuntimeFractionalPercent.newBuilder()
                .setDefaultValue(FractionalPercent.newBuilder().setNumerator(100)));
        from.allowCredentials().ifPresent(c -> to.setAllowCredentials(com.google.protobuf.BoolValue.of(c)));
        to.setAllowHeaders(String.join(",", from.allowHeaders()));
        to.setAllowMethods(String.join(",", from.allowMethods()));
        to.setExposeHeaders(String.join(",", from.exposeHeaders()));
        from.maxAge().ifPresent(a -> to.setMaxAge(Long.toString(a.toSeconds())));
        switch (from.unmatchedPreflights()) {
            case "FORWARD" -> to.setForwardNotMatchingPreflights(Protos.TRUE);
            case "IGNORE" -> to.setForwardNotMatchingPreflights(Protos.FALSE);
            default -> {}
        }
        route.putTypedPerFilterConfig("envoy.filters.http.cors", Protos.any(to.build()));
    }
}
