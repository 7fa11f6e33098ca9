package dev.lateen.translate;

import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.ServicePort;
import io.envoyproxy.envoy.config.route.v3.Decorator;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import java.util.Optional;

/// Routes that lead to services for which nobody wrote any. Thread: any.
final class ServiceRoutes {
    private ServiceRoutes() {}

    /// The route of a service without routes of its own.
    static Route of(Scene scene, MeshService service, ServicePort port) {
        RouteAction.Builder action = RouteAction.newBuilder()
                .setCluster(Names.outbound(port.port(), "", service.hostname()))
                .setTimeout(Protos.ZERO)
                .setAppendXForwardedHost(scene.traffic().headers().forwardsHost());
        HttpRoutes.setMaxGrpcTimeout(action, Protos.ZERO);
        RetryPolicies.of(Optional.empty(), scene.mesh().http().retries(), false).ifPresent(action::setRetryPolicy);
        action.addAllHashPolicy(HttpRoutes.hashPolicies(scene, service, "", port.port()));
        Route.Builder route = Route.newBuilder();
        StatefulSessions.perRoute(service).ifPresent(s -> route.putTypedPerFilterConfig(StatefulSessions.FILTER, s));
        return route.setName("default")
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setRoute(action)
                .setDecorator(Decorator.newBuilder().setOperation(service.hostname() + ":" + port.port() + "/*"))
                .build();
    }
}
