package dev.lateen.translate;

import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import dev.lateen.model.mesh.NodeMetadata.Interception;
import dev.lateen.model.mesh.OutboundScope;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ProxyScope;
import dev.lateen.model.mesh.ProxyTraffic;
import dev.lateen.model.tree.Durations;
import dev.lateen.translate.policy.RateLimiting;
import java.time.Duration;
import java.util.Optional;

/// One proxy in front of its part of the mesh: what all translators look at.
///
/// @param accessLists shared by all scenes of one translator
/// @param traffic what the proxy's own settings say of it, over the mesh's
record Scene(ProxyScope scope, AccessListFilters accessLists, ProxyTraffic traffic) {
    Scene(ProxyScope scope, AccessListFilters accessLists) {
        this(scope, accessLists, ProxyTraffic.of(scope.node(), scope.snapshot().mesh()));
    }

    ProxyNode node() {
        return scope.node();
    }

    MeshSnapshot snapshot() {
        return scope.snapshot();
    }

    MeshConfig mesh() {
        return scope.snapshot().mesh();
    }

    MeshSettings settings() {
        return scope.snapshot().settings();
    }

    OutboundScope outbound() {
        return scope.outbound();
    }

    /// Whether the proxy has the filters of Istio's own Envoy.
    boolean hasIstioFilters() {
        return node().metadata().dataPlane() == DataPlane.ISTIO_ENVOY;
    }

    /// Whether the proxy tells its peers in headers which workload it serves.
    boolean tellsPeers() {
        return dataPlane() != DataPlane.UPSTREAM_ENVOY && !isProxyless();
    }

    /// Whether an agent of ours stands beside the proxy, which is upstream Envoy then.
    boolean hasAgent() {
        return dataPlane() == DataPlane.UPSTREAM_ENVOY
                && !node().metadata().accessLogCluster().isEmpty();
    }

    RateLimiting rateLimiting() {
        return RateLimiting.of(snapshot(), node());
    }

    DataPlane dataPlane() {
        return node().metadata().dataPlane();
    }

    /// Whether it is no proxy, but an application that speaks xDS itself.
    boolean isProxyless() {
        return dataPlane() == DataPlane.GRPC;
    }

    boolean isRouter() {
        return node().isRouter();
    }

    /// Without redirection of traffic in the kernel, listeners bind to the addresses that clients use.
    boolean bindsExplicitly() {
        Interception mode = node().metadata().interception();
        return mode == Interception.NONE
                || (mode != Interception.TPROXY
                        && mesh().proxy().interceptionMode().equals("NONE"));
    }

    /// Whether the proxy itself listens there already.
    boolean isTaken(String bind, int port) {
        var switches = node().metadata().switches();
        return Wildcards.is(bind)
                && (port == mesh().ports().outbound()
                        || port == mesh().ports().inbound()
                        || port == switches.statusPort().orElse(0)
                        || port == switches.prometheusPort().orElse(0));
    }

    /// After which idle connections of clients are closed, where the proxy says so. Source: Istio,
    /// `ISTIO_META_IDLE_TIMEOUT`.
    Optional<Duration> idleTimeout() {
        return node().metadata().switches().idleTimeout().flatMap(Durations::parse);
    }

    boolean ipv6Only() {
        return node().supportsIpv6() && !node().supportsIpv4();
    }

    String wildcard() {
        return ipv6Only() ? "::" : "0.0.0.0";
    }

    String loopback() {
        return ipv6Only() ? "::1" : "127.0.0.1";
    }
}
