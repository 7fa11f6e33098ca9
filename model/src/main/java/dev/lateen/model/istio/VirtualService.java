package dev.lateen.model.istio;

import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Routes for a set of hosts. Source: Istio `VirtualService`.
///
/// @param gateways names as written; empty stands for the mesh
public record VirtualService(
        Origin origin,
        Metadata metadata,
        List<String> hosts,
        List<String> gateways,
        List<HttpRoute> http,
        List<TlsRoute> tls,
        List<TcpRoute> tcp,
        List<String> exportTo) {
    /// An annotation: whose rules the paths of routes follow, where those are not Istio's own.
    public static final String SEMANTICS = "internal.istio.io/route-semantics";

    /// Whether a prefix of a path takes whole elements alone: `/foo` matches `/foo/bar` and not `/foobar`.
    public boolean matchesWholeElements() {
        String semantics = metadata.annotations().getOrDefault(SEMANTICS, "");
        return semantics.equals("ingress") || semantics.equals("gateway");
    }

    public static Bound<VirtualService> bind(RawResource resource) {
        return Reader.spec(
                resource,
                in -> new VirtualService(
                        in.origin(),
                        resource.metadata(),
                        in.texts("hosts"),
                        in.texts("gateways"),
                        in.objects("http", HttpRoute::of),
                        in.objects("tls", TlsRoute::of),
                        in.objects("tcp", TcpRoute::of),
                        in.texts("exportTo")));
    }

    public VirtualService withHttp(List<HttpRoute> routes) {
        return new VirtualService(origin, metadata, hosts, gateways, routes, tls, tcp, exportTo);
    }

    public VirtualService withHosts(List<String> newHosts) {
        return new VirtualService(origin, metadata, newHosts, gateways, http, tls, tcp, exportTo);
    }

    /// A destination with its share of the traffic.
    public record WeightedDestination(Destination destination, int weight, HeaderOperations headers) {
        static WeightedDestination of(Reader in) {
            return new WeightedDestination(
                    in.object("destination", Destination::of).orElse(new Destination("", "", OptionalInt.empty())),
                    in.integer("weight").orElse(0),
                    in.object("headers", HeaderOperations::of).orElse(HeaderOperations.NONE));
        }
    }

    public record TlsRoute(Origin origin, List<L4Match> match, List<WeightedDestination> route) {
        static TlsRoute of(Reader in) {
            return new TlsRoute(
                    in.origin(), in.objects("match", L4Match::of), in.objects("route", WeightedDestination::of));
        }
    }

    public record TcpRoute(Origin origin, List<L4Match> match, List<WeightedDestination> route) {
        static TcpRoute of(Reader in) {
            return new TcpRoute(
                    in.origin(), in.objects("match", L4Match::of), in.objects("route", WeightedDestination::of));
        }
    }

    /// @param sniHosts only in routes for TLS
    public record L4Match(
            List<String> sniHosts,
            List<String> destinationSubnets,
            OptionalInt port,
            Map<String, String> sourceLabels,
            List<String> gateways,
            String sourceNamespace) {
        static L4Match of(Reader in) {
            in.notYet("sourceSubnet");
            return new L4Match(
                    in.texts("sniHosts"),
                    in.texts("destinationSubnets"),
                    in.integer("port"),
                    in.textMap("sourceLabels"),
                    in.texts("gateways"),
                    in.text("sourceNamespace", ""));
        }
    }
}
