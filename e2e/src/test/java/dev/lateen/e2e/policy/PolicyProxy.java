package dev.lateen.e2e.policy;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import dev.lateen.e2e.behaviour.Bootstrap;
import dev.lateen.e2e.behaviour.DataPlane;
import dev.lateen.e2e.behaviour.Ports;
import dev.lateen.e2e.behaviour.RunningProxy;
import dev.lateen.proxy.config.ProtoJson;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// One proxy that holds many sets of policies, each for a workload of its own.
final class PolicyProxy implements AutoCloseable {
    /// A bootstrap of some MiB is read as a tree.
    private static final String HEAP = "256m";
    private static final int FIRST_HTTP = 1_000;
    private static final int FIRST_TCP = 5_000;
    static final String LISTENER = """
            {name: inbound, address: {socket_address: {address: 0.0.0.0, port_value: %d}}, %s listener_filters: [
              {name: envoy.filters.listener.proxy_protocol, typed_config: {
                "@type": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol}},
              {name: envoy.filters.listener.tls_inspector, typed_config: {
                "@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}],
              filter_chains: [%s]}""";

    private static final String V6 =
            "additional_addresses: [{address: {socket_address: {address: \"::\", port_value: %d}}}],";

    private final RunningProxy proxy;
    private final int port4;
    private final int port6;

    private PolicyProxy(RunningProxy proxy, int port4, int port6) {
        this.proxy = proxy;
        this.port4 = port4;
        this.port6 = port6;
    }

    /// @param more resources besides the policies
    /// @param echo port of a server that sends back what it gets
    /// @param v6 whether callers come from such addresses too
    static PolicyProxy start(
            DataPlane plane, List<List<WrittenPolicy>> sets, String more, Identities identities, int echo, boolean v6)
            throws IOException, InterruptedException {
        List<String> chains = new ArrayList<>();
        ProtoJson json = new ProtoJson();
        for (int set = 0; set < sets.size(); set++) {
            InboundChains inbound = new InboundChains(
                    PolicyMesh.inbound(PolicyMesh.snapshot(sets.get(set), more), PolicyMesh.node(plane.nodeMetadata())),
                    identities);
            for (FilterChain chain : inbound.http(FIRST_HTTP + set, PolicyProxy::answering)) {
                chains.add(json.print(chain));
            }
            for (FilterChain chain : inbound.tcp(FIRST_TCP + set, PolicyProxy::echoing)) {
                chains.add(json.print(chain));
            }
        }
        String all = String.join(",\n", chains);
        int port4 = Ports.free();
        int port6 = Ports.free();
        Bootstrap bootstrap = new Bootstrap()
                .cluster("echo", echo)
                .rawListener(LISTENER.formatted(port4, v6 ? V6.formatted(port6) : "", all));
        return new PolicyProxy(plane.start(bootstrap, HEAP), port4, port6);
    }

    private static HttpConnectionManager.Builder answering(HttpConnectionManager.Builder manager) {
        Route answer = Route.newBuilder()
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setDirectResponse(DirectResponseAction.newBuilder().setStatus(200))
                .build();
        VirtualHost host = VirtualHost.newBuilder()
                .setName("all")
                .addDomains("*")
                .addRoutes(answer)
                .build();
        return manager.setRouteConfig(RouteConfiguration.newBuilder().addVirtualHosts(host))
                .setUseRemoteAddress(BoolValue.of(true))
                .setXffNumTrustedHops(1)
                .clearAccessLog();
    }

    private static TcpProxy.Builder echoing(TcpProxy.Builder tcp) {
        return tcp.setCluster("echo").setMaxConnectAttempts(UInt32Value.of(1)).clearAccessLog();
    }

    /// @param set its index
    boolean allows(WireCall call, int set, Caller caller) throws IOException {
        return call.isServed(
                caller, WireCall.isV6(caller.direct()) ? port6 : port4, (caller.http() ? FIRST_HTTP : FIRST_TCP) + set);
    }

    @Override
    public void close() {
        proxy.close();
    }
}
