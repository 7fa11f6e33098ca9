package dev.lateen.e2e.policy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.rbac.RbacConfig;
import dev.lateen.proxy.rbac.RbacDecoder;
import dev.lateen.proxy.rbac.RbacGate;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.translate.Translator;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Policies on their whole way: text, checks, binding, translation, the proxy's decoders, its decision.
final class CompiledPolicies {
    private static final String MESH = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: istio, namespace: istio-system}
            data: {mesh: "{trustDomain: new.example, trustDomainAliases: [old.example]}"}
            """;
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default}
            spec:
              clusterIP: 10.96.0.1
              selector: {app: shop}
              ports: [{name: http, port: 8080}, {name: tcp, port: 7000}]
            """;
    private static final ProxyNode NODE = ProxyNode.parse(
                    "sidecar~10.1.0.1~shop-1.default~default.svc.cluster.local",
                    Map.of("LATEEN_PROXY", "true", "LABELS", Map.of("app", "shop"), "NAMESPACE", "default"),
                    Locality.NONE)
            .orElseThrow();
    private static final ResourceReader READER = ResourceReader.create();
    private static final Place AT = Place.resource("listener", "virtualInbound");
    private static final String JWT = "envoy.filters.http.jwt_authn";

    private final List<RbacGate> http = new ArrayList<>();
    private final List<RbacGate> tcp = new ArrayList<>();

    CompiledPolicies(List<WrittenPolicy> policies) throws InvalidProtocolBufferException {
        List<RawResource> resources = new ArrayList<>();
        read(MESH, resources);
        read(SERVICE, resources);
        policies.forEach(policy -> read(policy.yaml(), resources));
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        builder.mesh(MeshConfig.of(new MeshConfigReader().read(resources).meshConfig()));
        builder.put(resources);
        var sent = new Translator()
                .translate(builder.build(), NODE)
                .get(ResourceType.LISTENER, "virtualInbound")
                .orElseThrow();
        Listener listener = Listener.parseFrom(sent.any().getValue());
        for (FilterChain chain : listener.getFilterChainsList()) {
            if (chain.getFilterChainMatch().getDestinationPort().getValue() == 0) {
                gates(chain);
            }
        }
    }

    private static void read(String yaml, List<RawResource> into) {
        for (ParsedResource parsed : READER.read(yaml, "policies.yaml")) {
            if (parsed instanceof ParsedResource.Valid(RawResource resource, var _)) {
                into.add(resource);
            } else {
                throw new AssertionError(yaml + parsed);
            }
        }
    }

    /// Of a chain for any port: one has HTTP, one has not.
    private void gates(FilterChain chain) throws InvalidProtocolBufferException {
        List<RbacGate> found = new ArrayList<>();
        boolean requests = false;
        for (Filter filter : chain.getFiltersList()) {
            if (filter.getName().equals("envoy.filters.network.rbac")) {
                found.add(gate(RbacDecoder.network(TypedConfig.of(filter.getTypedConfig(), AT), AT)
                        .rules()));
            }
            if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
                requests = true;
                for (HttpFilter inner : filter.getTypedConfig()
                        .unpack(HttpConnectionManager.class)
                        .getHttpFiltersList()) {
                    if (inner.getName().equals("envoy.filters.http.rbac")) {
                        found.add(gate(RbacDecoder.http(TypedConfig.of(inner.getTypedConfig(), AT), AT)));
                    }
                }
            }
        }
        List<RbacGate> to = requests ? http : tcp;
        if (to.isEmpty()) {
            to.addAll(found);
        }
    }

    private static RbacGate gate(RbacConfig config) {
        return new RbacGate(config, new Stats(), "test", "test");
    }

    boolean allows(Caller caller) {
        StreamInfo info = facts(caller);
        return (caller.http() ? http : tcp).stream().allMatch(gate -> gate.refusal(info) == null);
    }

    private static StreamInfo facts(Caller caller) {
        StreamInfo info = new StreamInfo();
        caller.peer().ifPresent(peer -> {
            info.downstreamTls = true;
            info.downstreamMutualTls = true;
            info.downstreamPeerUri = "spiffe://" + peer;
            info.downstreamPeerNames = List.of("spiffe://" + peer);
        });
        info.downstreamDirectRemote = address(caller.direct(), 40_000);
        info.downstreamRemote = address(caller.remote(), 40_000);
        info.downstreamLocal = address(caller.destination(), caller.port());
        info.requestedServerName = caller.sni();
        if (caller.http()) {
            Headers headers = new Headers();
            caller.headers().forEach(headers::add);
            info.request = new RequestHead(
                    HttpVersion.HTTP_1_1, caller.method(), "http", caller.host(), caller.path(), headers);
            if (!caller.claims().isEmpty()) {
                info.metadata().put(JWT, "payload", caller.claims());
            }
        }
        return info;
    }

    private static InetSocketAddress address(String text, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(text), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
