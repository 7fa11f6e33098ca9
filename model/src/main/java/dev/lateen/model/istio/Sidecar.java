package dev.lateen.model.istio;

import dev.lateen.model.istio.TrafficPolicy.ClientTls;
import dev.lateen.model.istio.TrafficPolicy.ConnectionPool;
import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.util.List;
import java.util.Optional;

/// What a workload's proxy listens on and may reach. Source: Istio `Sidecar`.
public record Sidecar(
        Origin origin,
        Metadata metadata,
        Optional<Selector> workloadSelector,
        List<Ingress> ingress,
        List<Egress> egress,
        Optional<ConnectionPool> inboundConnectionPool,
        Optional<OutboundPolicy> outboundTrafficPolicy) {

    public static Bound<Sidecar> bind(RawResource resource) {
        return Reader.spec(
                resource,
                in -> new Sidecar(
                        in.origin(),
                        resource.metadata(),
                        in.object("workloadSelector", Selector::labels),
                        in.objects("ingress", Ingress::of),
                        in.objects("egress", Egress::of),
                        in.object("inboundConnectionPool", ConnectionPool::of),
                        in.object("outboundTrafficPolicy", OutboundPolicy::of)));
    }

    /// @param mode `REGISTRY_ONLY`, `ALLOW_ANY`, of the whole mesh also `ALLOW_ANY_DYNAMIC_DNS`, or empty for the
    /// default
    /// @param egressProxy of a Sidecar only
    /// @param tls of the whole mesh only: towards hosts that were looked up
    public record OutboundPolicy(String mode, Optional<Destination> egressProxy, Optional<ClientTls> tls) {
        public static OutboundPolicy of(Reader in) {
            return new OutboundPolicy(
                    in.text("mode", ""), in.object("egressProxy", Destination::of), in.object("tls", ClientTls::of));
        }
    }

    public record Ingress(
            Origin origin,
            Gateway.Port port,
            String bind,
            String captureMode,
            String defaultEndpoint,
            Optional<ServerTls> tls,
            Optional<ConnectionPool> connectionPool) {
        static Ingress of(Reader in) {
            return new Ingress(
                    in.origin(),
                    in.object("port", Gateway.Port::of).orElse(new Gateway.Port(0, "", "")),
                    in.text("bind", ""),
                    in.text("captureMode", "DEFAULT"),
                    in.text("defaultEndpoint", ""),
                    in.object("tls", ServerTls::of),
                    in.object("connectionPool", ConnectionPool::of));
        }
    }

    public record Egress(
            Origin origin, Optional<Gateway.Port> port, String bind, String captureMode, List<String> hosts) {
        static Egress of(Reader in) {
            return new Egress(
                    in.origin(),
                    in.object("port", Gateway.Port::of),
                    in.text("bind", ""),
                    in.text("captureMode", "DEFAULT"),
                    in.texts("hosts"));
        }
    }
}
