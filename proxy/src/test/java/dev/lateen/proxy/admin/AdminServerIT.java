package dev.lateen.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.lateen.net.EventLoops;
import dev.lateen.proxy.accesslog.AccessLogs;
import dev.lateen.proxy.cluster.ClusterEnvironment;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.decision.Decisions;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.Stats;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AdminServerIT {
    private final EventLoops chores = EventLoops.create("chores", 1);
    private final Stats stats = new Stats();
    private final AccessLogs logs = new AccessLogs(stats);
    private final List<AdminBackend.Accepted> secrets = new ArrayList<>();
    private final Decisions decisions = new Decisions(chores.all(), "sidecar~10.0.0.1~a.b~b.svc", 1024);
    private final AtomicBoolean quit = new AtomicBoolean();
    private final HttpClient client = HttpClient.newHttpClient();
    private final SilentBackend backend = new SilentBackend(secrets, chores.at(0), () -> quit.set(true));
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        Clusters clusters = new Clusters(new ClusterEnvironment(chores.at(0), stats));
        server = AdminServer.start(
                chores, new InetSocketAddress("127.0.0.1", 0), new AdminApi(backend, clusters, stats, logs, decisions));
    }

    @AfterEach
    void stop() {
        server.close();
        chores.close();
        logs.close();
        client.close();
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        int port = ((InetSocketAddress) server.address()).getPort();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void saysWhetherItIsReady() throws Exception {
        assertThat(send("GET", "/ready").statusCode()).isEqualTo(200);
        backend.state = AdminBackend.State.DRAINING;
        assertThat(send("GET", "/ready").statusCode()).isEqualTo(503);
        assertThat(send("GET", "/ready").body()).isEqualTo("DRAINING\n");
    }

    @Test
    void tellsWhatBecameOfRequests() throws Exception {
        StreamInfo info = new StreamInfo();
        info.status = 503;
        info.details = "no_healthy_upstream";
        info.evidence().note("hosts", "2 hosts, 0 healthy, 2 ejected");
        chores.at(0).submit(() -> decisions.log(info)).get();
        assertThat(send("GET", "/decisions?failures&status=5xx").body())
                .contains("\"proxy\":\"sidecar~10.0.0.1~a.b~b.svc\"")
                .contains("\"details\":\"no_healthy_upstream\"")
                .contains("{\"name\":\"hosts\",\"value\":\"2 hosts, 0 healthy, 2 ejected\"}");
        assertThat(send("GET", "/decisions?status=404").body()).contains("\"decisions\":[]");
        assertThat(send("GET", "/decisions?status=bad").statusCode()).isEqualTo(400);
        assertThat(send("GET", "/decisions?after=x").statusCode()).isEqualTo(400);
    }

    @Test
    void showsStatsAsTextJsonAndPrometheus() throws Exception {
        stats.counter("server.test").add(3);
        assertThat(send("GET", "/stats?filter=server.test").body()).isEqualTo("server.test: 3\n");
        assertThat(send("GET", "/stats?format=json&filter=server.test").body())
                .isEqualTo("{\"stats\":[{\"name\":\"server.test\",\"value\":3}]}\n");
        assertThat(send("GET", "/stats/prometheus").body()).contains("envoy_server_test{} 3\n");
    }

    @Test
    void redactsPrivateKeysInDumps() throws Exception {
        Secret secret = Secret.newBuilder()
                .setName("default")
                .setTlsCertificate(TlsCertificate.newBuilder()
                        .setPrivateKey(DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8("TOP SECRET")))
                        .setCertificateChain(DataSource.newBuilder().setInlineString("public part")))
                .build();
        secrets.add(new AdminBackend.Accepted("default", "1", Any.pack(secret), Instant.EPOCH, false));

        String dump = send("GET", "/config_dump").body();

        assertThat(dump).contains("public part", "dynamic_active_secrets", "W3JlZGFjdGVkXQ==");
        assertThat(dump).doesNotContain("TOP SECRET", "VE9QIFNFQ1JFVA==");
    }

    @Test
    void changesNothingByGet() throws Exception {
        assertThat(send("GET", "/quitquitquit").statusCode()).isEqualTo(405);
        assertThat(quit).isFalse();
        assertThat(send("POST", "/quitquitquit").statusCode()).isEqualTo(200);
        assertThat(quit).isTrue();
    }

    @Test
    void answersUnknownPathsWithHelp() throws Exception {
        HttpResponse<String> response = send("GET", "/nothing");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("/config_dump");
    }
}
