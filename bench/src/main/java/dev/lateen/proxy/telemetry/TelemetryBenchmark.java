package dev.lateen.proxy.telemetry;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.accesslog.LogFormat;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.StreamInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What each request costs once it is over: Istio's line in the access log, and its standard metrics; and what it costs
/// to write 50,000 series for whoever collects them.
@State(Scope.Thread)
public class TelemetryBenchmark {
    private static final DestinationService SERVICE =
            new DestinationService("users.default.svc.cluster.local", "users", "default");

    private final StreamInfo info = request();
    private final LogFormat format = LogFormat.text(LogFormat.ISTIO_TEXT, false);
    private final LogFormat json = LogFormat.json(fields(), false);
    private final IstioMetrics.Worker metrics = new IstioMetrics(
                    new Stats(),
                    IstioMetrics.Reporter.SOURCE,
                    new PeerInfo("shop-v1", "default", "shop", "v1", "shop", "v1", "Kubernetes"))
            .onOwnThread();

    private final Stats many = many();

    /// The same values, each with a name.
    private static Map<String, Object> fields() {
        Map<String, Object> fields = new HashMap<>();
        Pattern.compile("%[^%]+%")
                .matcher(LogFormat.ISTIO_TEXT)
                .results()
                .forEach(operator -> fields.put("field_of_a_line_" + fields.size(), operator.group()));
        return fields;
    }

    /// 750 clients, 67 lines of the page each.
    private static Stats many() {
        Stats stats = new Stats();
        IstioMetrics.Worker worker = new IstioMetrics(
                        stats,
                        IstioMetrics.Reporter.DESTINATION,
                        new PeerInfo("users-v1", "default", "users", "v1", "users", "v1", "Kubernetes"))
                .onOwnThread();
        for (int index = 0; index < 750; index++) {
            StreamInfo info = request();
            String name = "client-" + index;
            info.downstreamPeer = new PeerInfo(name + "-v1", "default", name, "v1", name, "v1", "Kubernetes");
            info.downstreamPeerUri = "spiffe://cluster.local/ns/default/sa/" + name;
            worker.request(info, SERVICE);
        }
        return stats;
    }

    private static StreamInfo request() {
        Headers headers = new Headers();
        headers.add("user-agent", "curl/8.9.1");
        headers.add("x-request-id", "6f1e1c1e-5b2d-4d0a-9a73-6ac0c7d43d44");
        Headers response = new Headers();
        response.add("x-envoy-upstream-service-time", "11");
        StreamInfo info = new StreamInfo();
        info.request = new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "users:80", "/api/users/42", headers);
        info.responseHeaders = response;
        info.status = 200;
        info.details = "via_upstream";
        info.startEpochMillis = 1_769_862_896_789L;
        info.startNanos = 1;
        info.endNanos = 12_000_001;
        info.bytesSent = 512;
        info.upstreamHost = new InetSocketAddress("127.0.0.1", 8080);
        info.upstreamLocal = new InetSocketAddress("127.0.0.1", 40_000);
        info.downstreamLocal = new InetSocketAddress("127.0.0.1", 80);
        info.downstreamRemote = new InetSocketAddress("127.0.0.1", 50_000);
        info.clusterName = "outbound|80||users.default.svc.cluster.local";
        info.routeName = "default";
        return info;
    }

    @Benchmark
    public String accessLogLine() {
        return format.line(info);
    }

    @Benchmark
    public int accessLogLineOfJson() {
        return json.line(info).length();
    }

    @Benchmark
    public void record() {
        metrics.request(info, SERVICE);
    }

    @Benchmark
    public void pageOf50000Series() throws IOException {
        PrometheusText.write(many, Rendering.of(Exposition.TEXT), OutputStream.nullOutputStream());
    }
}
