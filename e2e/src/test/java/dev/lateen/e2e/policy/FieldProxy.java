package dev.lateen.e2e.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import dev.lateen.e2e.behaviour.Bootstrap;
import dev.lateen.e2e.behaviour.DataPlane;
import dev.lateen.e2e.behaviour.Ports;
import dev.lateen.e2e.behaviour.Reply;
import dev.lateen.e2e.behaviour.RunningProxy;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.proxy.accesslog.LogFormat;
import dev.lateen.proxy.config.ProtoJson;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// One proxy with the chains of all rows of a table, and a check that callers get what a row says.
///
/// Thread: one, of the test.
final class FieldProxy implements AutoCloseable {
    private static final String HEAP = "256m";
    private static final int FIRST_HTTP = 1_000;
    private static final int FIRST_TCP = 5_000;
    private static final Duration SOON = Duration.ofSeconds(10);

    private final RunningProxy proxy;
    private final int port;
    private final Path log;
    private final FieldWire wire;
    private int calls;

    private FieldProxy(RunningProxy proxy, int port, Path log, FieldWire wire) {
        this.proxy = proxy;
        this.port = port;
        this.log = log;
        this.wire = wire;
    }

    /// @param http port of a server that answers with the request that it gets; one for TCP sends back every byte
    /// @param more adds clusters
    static FieldProxy start(
            DataPlane plane, List<FieldRow> rows, FieldWire wire, int http, int tcp, Consumer<Bootstrap> more)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile("fields-", ".log");
        List<String> chains = new ArrayList<>();
        ProtoJson json = new ProtoJson();
        for (int index = 0; index < rows.size(); index++) {
            for (FilterChain chain : chains(plane, rows.get(index), index, wire, accessLog(log))) {
                chains.add(json.print(chain));
            }
        }
        int port = Ports.free();
        Bootstrap bootstrap = new Bootstrap()
                .cluster("http-echo", http)
                .cluster("outbound|8080||shop.default.svc.cluster.local", http)
                .cluster("tcp-echo", tcp)
                .rawListener(PolicyProxy.LISTENER.formatted(
                        port, "traffic_direction: INBOUND,", String.join(",\n", chains)));
        more.accept(bootstrap);
        return new FieldProxy(plane.start(bootstrap, HEAP), port, log, wire);
    }

    private static List<FilterChain> chains(DataPlane plane, FieldRow row, int index, FieldWire wire, AccessLog log)
            throws IOException {
        MeshSnapshot snapshot = PolicyMesh.snapshot(row.resources());
        if (row.gateway()) {
            var gateway = PolicyMesh.gateway(snapshot, plane);
            return new InboundChains(gateway.listener(), wire.identities())
                    .http(FIRST_HTTP + index, manager -> logged(manager.setRouteConfig(gateway.routes()), log));
        }
        InboundChains inbound = new InboundChains(
                PolicyMesh.inbound(snapshot, PolicyMesh.node(plane.nodeMetadata())), wire.identities());
        List<FilterChain> all = new ArrayList<>(
                inbound.http(FIRST_HTTP + index, manager -> logged(manager.setRouteConfig(toEcho()), log)));
        all.addAll(inbound.tcp(FIRST_TCP + index, tcp -> echoing(tcp, log)));
        return all;
    }

    private static HttpConnectionManager.Builder logged(HttpConnectionManager.Builder manager, AccessLog log) {
        return manager.clearAccessLog().addAccessLog(log);
    }

    private static RouteConfiguration toEcho() {
        return RouteConfiguration.newBuilder()
                .addVirtualHosts(VirtualHost.newBuilder()
                        .setName("all")
                        .addDomains("*")
                        .addRoutes(Route.newBuilder()
                                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                                .setRoute(RouteAction.newBuilder().setCluster("http-echo"))))
                .build();
    }

    private static TcpProxy.Builder echoing(TcpProxy.Builder tcp, AccessLog log) {
        return tcp.setCluster("tcp-echo")
                .setMaxConnectAttempts(UInt32Value.of(1))
                .clearAccessLog()
                .addAccessLog(log);
    }

    private static AccessLog accessLog(Path file) {
        return AccessLog.newBuilder()
                .setName("envoy.access_loggers.file")
                .setTypedConfig(Any.pack(FileAccessLog.newBuilder()
                        .setPath(file.toString())
                        .setLogFormat(SubstitutionFormatString.newBuilder()
                                .setTextFormatSource(DataSource.newBuilder().setInlineString(LogFormat.ISTIO_TEXT)))
                        .build()))
                .build();
    }

    void check(FieldRow row, int index) throws Exception {
        for (FieldCall call : row.calls()) {
            String mark = "call-" + calls++ + "-";
            if (call.tcp()) {
                boolean served = wire.connects(call, port, FIRST_TCP + index);
                assertThat(served).as("%s", call).isEqualTo(call.expected().status() == 200);
                expectLog(call, "203.0.113.9:" + (FIRST_TCP + index));
            } else {
                expect(call, wire.ask(call, port, FIRST_HTTP + index, mark));
                expectLog(call, mark);
            }
        }
    }

    private static void expect(FieldCall call, Reply reply) {
        FieldCall.Expected expected = call.expected();
        assertThat(reply.status()).as("%s: %s", call, reply.body()).isEqualTo(expected.status());
        assertThat(reply.body()).as("%s", call).contains(expected.says());
        expected.has()
                .forEach((name, value) ->
                        assertThat(reply.field(name)).as("%s: %s", call, name).isEqualTo(value));
        for (String line : expected.told()) {
            assertThat(reply.body().lines()).as("%s", call).contains(line);
        }
        for (String text : expected.untold()) {
            assertThat(reply.body()).as("%s", call).doesNotContain(text);
        }
    }

    private void expectLog(FieldCall call, String mark) {
        call.expected()
                .logged()
                .ifPresent(details -> await().atMost(SOON)
                        .untilAsserted(() -> assertThat(Files.readString(log, StandardCharsets.UTF_8)
                                        .lines()
                                        .filter(line -> line.contains(mark)))
                                .as("%s", call)
                                .anyMatch(line -> line.contains(" " + details + " "))));
    }

    String admin(String path) throws IOException {
        return proxy.admin(path);
    }

    @Override
    public void close() {
        proxy.close();
    }
}
