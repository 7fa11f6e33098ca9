package dev.lateen.e2e.policy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.model.access.PolicyCheck;
import dev.lateen.model.access.Seen;
import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.ProxyNode;
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
    private static final ProxyNode NODE = PolicyMesh.node("LATEEN_PROXY");
    private static final Place AT = Place.resource("listener", "virtualInbound");
    private static final String JWT = "envoy.filters.http.jwt_authn";

    private final List<RbacGate> http = new ArrayList<>();
    private final List<RbacGate> tcp = new ArrayList<>();
    private final MeshSnapshot snapshot;

    CompiledPolicies(List<WrittenPolicy> policies) throws InvalidProtocolBufferException {
        snapshot = PolicyMesh.snapshot(policies, "");
        Listener listener = PolicyMesh.inbound(snapshot, NODE);
        for (FilterChain chain : listener.getFilterChainsList()) {
            if (chain.getFilterChainMatch().getDestinationPort().getValue() == 0) {
                gates(chain);
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

    /// What is said to people who ask, instead of what the proxy does.
    boolean saysAllowed(Caller caller) {
        Seen seen = new Seen(
                caller.http(),
                caller.peer().orElse(""),
                caller.http() ? caller.claims() : Map.of(),
                caller.direct(),
                caller.remote(),
                caller.destination(),
                caller.port(),
                caller.sni(),
                caller.method(),
                caller.host(),
                caller.path(),
                caller.headers());
        List<AuthorizationPolicy> policies = snapshot.security().authorizationPolicies().stream()
                .filter(policy -> policy.selector().matches(Map.of("app", "shop")))
                .filter(policy -> List.of("default", "istio-system")
                        .contains(policy.metadata().namespace()))
                .toList();
        return new PolicyCheck(snapshot.mesh(), policies, seen, new ArrayList<>())
                .answer("shop.default")
                .allowed();
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
