package dev.lateen.proxy.decision;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.stream.RouteFacts;
import dev.lateen.proxy.stream.StreamInfo;
import java.net.InetSocketAddress;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What it costs to keep the facts of a request that has ended, so that it can be explained.
@State(Scope.Thread)
public class DecisionBenchmark {
    private static final int REQUESTS = 1024;

    private final DecisionRing ring = new DecisionRing(512);
    private final StreamInfo[] requests = new StreamInfo[REQUESTS];
    private int next;

    public DecisionBenchmark() {
        for (int index = 0; index < REQUESTS; index++) {
            requests[index] = request(index);
        }
    }

    private static StreamInfo request(int number) {
        Headers headers = new Headers();
        headers.add("user-agent", "curl/8.9.1");
        headers.add("accept", "*/*");
        headers.add("x-forwarded-proto", "http");
        headers.add("x-request-id", "6f1e1c1e-5b2d-4d0a-9a73-6ac0c7d4" + number);
        StreamInfo info = new StreamInfo();
        info.request =
                new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "users:80", "/api/users/" + number, headers);
        info.status = 200;
        info.details = "via_upstream";
        info.startNanos = 1;
        info.endNanos = 12_000_001;
        info.upstreamHost = new InetSocketAddress("127.0.0.1", 8080);
        info.downstreamLocal = new InetSocketAddress("127.0.0.1", 80);
        info.downstreamRemote = new InetSocketAddress("127.0.0.1", 50_000);
        info.clusterName = "outbound|80||users.default.svc.cluster.local";
        info.routed(new RouteFacts("80", "users:80", "default", Map.of()));
        return info;
    }

    @Benchmark
    public void keepDecision() {
        ring.add(requests[next++ & (REQUESTS - 1)]);
    }
}
