package dev.lateen.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.lateen.model.mesh.MeshService;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.HealthStatusSet;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState;
import io.envoyproxy.envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState;
import io.envoyproxy.envoy.type.http.v3.Cookie;
import java.util.Optional;

/// Sessions that stay with one endpoint of a service for as long as it lives, in a cookie or a header, as labels of
/// the service ask for.
///
/// Source: Istio, `istio.io/persistent-session`. Thread: any.
final class StatefulSessions {
    static final String FILTER = "envoy.filters.http.stateful_session";
    private static final String COOKIE = "istio.io/persistent-session";
    private static final String HEADER = "istio.io/persistent-session-header";
    private static final HttpFilter EMPTY = HttpFilter.newBuilder()
            .setName(FILTER)
            .setTypedConfig(Protos.any(StatefulSession.getDefaultInstance()))
            .build();

    private StatefulSessions() {}

    /// The filter that routes then configure.
    static Optional<HttpFilter> filter(Scene scene) {
        boolean any = scene.outbound().services().stream().anyMatch(StatefulSessions::isAsked);
        return any ? Optional.of(EMPTY) : Optional.empty();
    }

    /// The settings of a route, or of a host, that leads to a service.
    static Optional<Any> perRoute(MeshService service) {
        return isAsked(service)
                ? Optional.of(Protos.any(StatefulSessionPerRoute.newBuilder()
                        .setStatefulSession(StatefulSession.newBuilder().setSessionState(state(service)))
                        .build()))
                : Optional.empty();
    }

    /// An endpoint of a session is used until it is gone, also while it drains.
    static void apply(Cluster.Builder cluster, MeshService service) {
        if (isAsked(service)) {
            cluster.getCommonLbConfigBuilder()
                    .setOverrideHostStatus(HealthStatusSet.newBuilder()
                            .addStatuses(HealthStatus.HEALTHY)
                            .addStatuses(HealthStatus.DRAINING)
                            .addStatuses(HealthStatus.UNKNOWN)
                            .addStatuses(HealthStatus.DEGRADED));
        }
    }

    private static boolean isAsked(MeshService service) {
        return !service.labels().getOrDefault(HEADER, "").isEmpty()
                || !service.labels().getOrDefault(COOKIE, "").isEmpty();
    }

    /// The label of a cookie may name its path behind a colon.
    private static TypedExtensionConfig state(MeshService service) {
        String header = service.labels().getOrDefault(HEADER, "");
        if (!header.isEmpty()) {
            return extension(
                    "envoy.http.stateful_session.header",
                    HeaderBasedSessionState.newBuilder().setName(header).build());
        }
        String[] cookie = service.labels().getOrDefault(COOKIE, "").split(":", 2);
        return extension(
                "envoy.http.stateful_session.cookie",
                CookieBasedSessionState.newBuilder()
                        .setCookie(Cookie.newBuilder().setName(cookie[0]).setPath(cookie.length > 1 ? cookie[1] : "/"))
                        .build());
    }

    private static TypedExtensionConfig extension(String name, Message config) {
        return TypedExtensionConfig.newBuilder()
                .setName(name)
                .setTypedConfig(Protos.any(config))
                .build();
    }
}
