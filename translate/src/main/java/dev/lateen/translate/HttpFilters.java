package dev.lateen.translate;

import com.google.protobuf.Any;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.proto.istio.alpn.FilterConfig;
import dev.lateen.proto.istio.alpn.FilterConfig.AlpnOverride;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.header_to_metadata.v3.Config;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;

/// The HTTP filters of every connection manager, in their order. The order is decided here and nowhere else:
///
/// 1. workload metadata of the peer (others need them)
/// 2. who may see why a request is refused; access lists: who is refused, then who is let in (inbound and gateways)
/// 3. authorization by an external server, tokens, authorization by policy (inbound and gateways)
/// 4. rate limits that the proxy counts, then those and quotas that the service counts (inbound and gateways): what is
///    refused before them does not count, and they may ask for what a token says
/// 5. counters of gRPC messages
/// 6. choice of ALPN for the upstream (outbound)
/// 7. faults, cross-origin requests
/// 8. metrics, which see what the filters before them did
/// 9. addresses of names that are looked up when they are asked for, which may take a while
/// 10. the router
final class HttpFilters {
    private static final String PEER_METADATA = "type.googleapis.com/io.istio.http.peer_metadata.Config";
    private static final String TCP_METADATA = "type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange";

    /// Where upstream Envoy keeps what a peer told.
    static final String PEER_METADATA_SPACE = "dev.lateen.peer";
    static final String PEER_TEXT = "text";

    private static final HttpFilter INBOUND_METADATA = HttpFilter.newBuilder()
            .setName("istio.metadata_exchange")
            .setTypedConfig(Protos.struct(PEER_METADATA, peerMetadata("downstream", false)))
            .build();
    private static final HttpFilter OUTBOUND_METADATA = HttpFilter.newBuilder()
            .setName("istio.metadata_exchange")
            .setTypedConfig(Protos.struct(PEER_METADATA, peerMetadata("upstream", false)))
            .build();
    /// Whoever is outside the mesh need not know its workloads.
    private static final HttpFilter OUTBOUND_METADATA_IN_MESH = HttpFilter.newBuilder()
            .setName("istio.metadata_exchange")
            .setTypedConfig(Protos.struct(PEER_METADATA, peerMetadata("upstream", true)))
            .build();
    /// Upstream Envoy cannot read what peers tell: it hands the text to the agent, by its access log, and takes it out
    /// of the request, whoever it came from.
    private static final HttpFilter TAKE_METADATA = HttpFilter.newBuilder()
            .setName("envoy.filters.http.header_to_metadata")
            .setTypedConfig(Protos.any(Config.newBuilder()
                    .addRequestRules(take("x-envoy-peer-metadata", PEER_TEXT))
                    .addRequestRules(take("x-envoy-peer-metadata-id", "id"))
                    .build()))
            .build();
    private static final HttpFilter GRPC_STATS = HttpFilter.newBuilder()
            .setName("envoy.filters.http.grpc_stats")
            .setTypedConfig(
                    Protos.any(io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.FilterConfig.newBuilder()
                            .setEmitFilterState(true)
                            .setStatsForAllMethods(Protos.FALSE)
                            .build()))
            .build();
    private static final HttpFilter ALPN = HttpFilter.newBuilder()
            .setName("istio.alpn")
            .setTypedConfig(Protos.any(FilterConfig.newBuilder()
                    .addAlpnOverride(alpn(FilterConfig.Protocol.HTTP10, "istio-http/1.0", "http/1.0"))
                    .addAlpnOverride(alpn(FilterConfig.Protocol.HTTP11, "istio-http/1.1", "http/1.1"))
                    .addAlpnOverride(alpn(FilterConfig.Protocol.HTTP2, "istio-h2", "h2"))
                    .build()))
            .build();
    private static final HttpFilter FAULT = HttpFilter.newBuilder()
            .setName("envoy.filters.http.fault")
            .setTypedConfig(Protos.any(HTTPFault.getDefaultInstance()))
            .build();
    private static final HttpFilter CORS = HttpFilter.newBuilder()
            .setName("envoy.filters.http.cors")
            .setTypedConfig(Protos.any(Cors.getDefaultInstance()))
            .build();
    private static final HttpFilter ROUTER = router(false);
    private static final HttpFilter ROUTER_WITHOUT_DEBUG_HEADERS = router(true);

    private HttpFilters() {}

    /// @param services that may be asked for
    static List<HttpFilter> outbound(Scene scene, Iterable<MeshService> services) {
        List<HttpFilter> filters = new ArrayList<>();
        if (scene.tellsPeers()) {
            filters.add(tellsEveryone(scene) ? OUTBOUND_METADATA : OUTBOUND_METADATA_IN_MESH);
        } else {
            filters.add(TAKE_METADATA);
        }
        if (scene.isRouter()) {
            addPolicies(filters, scene);
        }
        filters.add(GRPC_STATS);
        if (scene.hasIstioFilters()) {
            filters.add(ALPN);
        }
        filters.add(FAULT);
        filters.add(CORS);
        filters.addAll(MetricsFilters.http(scene, Side.CLIENT));
        StatefulSessions.filter(scene).ifPresent(filters::add);
        filters.addAll(DynamicNames.http(services, scene));
        filters.add(router(scene));
        return filters;
    }

    static List<HttpFilter> inbound(Scene scene) {
        List<HttpFilter> filters = new ArrayList<>();
        if (scene.tellsPeers()) {
            filters.add(INBOUND_METADATA);
        } else {
            filters.add(TAKE_METADATA);
        }
        addPolicies(filters, scene);
        filters.add(GRPC_STATS);
        filters.add(FAULT);
        filters.add(CORS);
        filters.addAll(MetricsFilters.http(scene, Side.SERVER));
        filters.add(router(scene));
        return filters;
    }

    private static void addPolicies(List<HttpFilter> filters, Scene scene) {
        filters.addAll(DebugHeader.filter(scene));
        filters.addAll(scene.accessLists().http(scene));
        filters.addAll(Authorization.httpFilters(scene));
        filters.addAll(scene.rateLimiting().filters());
    }

    /// Whether those outside the mesh are told too which workload asks. Gateways tell them in either case.
    private static boolean tellsEveryone(Scene scene) {
        boolean inMeshOnly = !scene.isRouter()
                && scene.traffic().headers().peerMetadataInMeshOnly().orElse(false);
        return scene.hasIstioFilters() && !inMeshOnly;
    }

    private static HttpFilter router(Scene scene) {
        return scene.traffic().headers().suppressesDebugHeaders() ? ROUTER_WITHOUT_DEBUG_HEADERS : ROUTER;
    }

    private static HttpFilter router(boolean suppressesHeaders) {
        return HttpFilter.newBuilder()
                .setName("envoy.filters.http.router")
                .setTypedConfig(Protos.any(Router.newBuilder()
                        .setSuppressEnvoyHeaders(suppressesHeaders)
                        .build()))
                .build();
    }

    private static Config.Rule take(String header, String key) {
        return Config.Rule.newBuilder()
                .setHeader(header)
                .setOnHeaderPresent(Config.KeyValuePair.newBuilder()
                        .setMetadataNamespace(PEER_METADATA_SPACE)
                        .setKey(key)
                        .setType(Config.ValueType.STRING))
                .setRemove(true)
                .build();
    }

    private static AlpnOverride alpn(FilterConfig.Protocol upstream, String own, String plain) {
        return AlpnOverride.newBuilder()
                .setUpstreamProtocol(upstream)
                .addAlpnOverride(own)
                .addAlpnOverride("istio")
                .addAlpnOverride(plain)
                .build();
    }

    private static Struct peerMetadata(String side, boolean inMesh) {
        Struct headers = inMesh
                ? Struct.newBuilder()
                        .putFields(
                                "skip_external_clusters",
                                Value.newBuilder().setBoolValue(true).build())
                        .build()
                : Struct.getDefaultInstance();
        return Struct.newBuilder()
                .putFields(
                        side + "_discovery",
                        list(
                                method("istio_headers", Struct.getDefaultInstance()),
                                method("workload_discovery", Struct.getDefaultInstance())))
                .putFields(side + "_propagation", list(method("istio_headers", headers)))
                .build();
    }

    private static Value list(Value... methods) {
        return Value.newBuilder()
                .setListValue(ListValue.newBuilder().addAllValues(List.of(methods)))
                .build();
    }

    private static Value method(String name, Struct config) {
        return Protos.value(
                Struct.newBuilder().putFields(name, Protos.value(config)).build());
    }

    /// The same exchange on connections that carry no HTTP.
    static Any tcpMetadataExchange() {
        return Protos.struct(
                TCP_METADATA,
                Struct.newBuilder()
                        .putFields(
                                "enable_discovery",
                                Value.newBuilder().setBoolValue(true).build())
                        .putFields("protocol", Protos.text("istio-peer-exchange"))
                        .build());
    }
}
