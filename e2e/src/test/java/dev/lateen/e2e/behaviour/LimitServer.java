package dev.lateen.e2e.behaviour;

import dev.lateen.control.identity.TokenVerdict;
import dev.lateen.control.ratelimit.EmbeddedStore;
import dev.lateen.control.ratelimit.LimitStats;
import dev.lateen.control.ratelimit.MeshLimiter;
import dev.lateen.identity.SpiffeId;
import dev.lateen.translate.policy.Algorithm;
import dev.lateen.translate.policy.CalendarWindow;
import dev.lateen.translate.policy.LimitRule;
import dev.lateen.xds.server.GrpcListener;
import dev.lateen.xds.server.RateLimitService;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// The control plane's rate limit service as a process of its own, without TLS: whoever asks is taken for a workload of
/// the namespace `shop`.
///
/// @param process runs until it is killed
record LimitServer(Process process, int port) implements AutoCloseable {
    static final String BUCKET = "RateLimit/shop/bucket/0";
    static final String WINDOW = "RateLimit/shop/window/0";
    static final String QUOTA = "Quota/shop/daily/0";

    /// @param port to listen on; 0: a free one
    static LimitServer start(Path state, int port, long requests) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LimitServer.class.getName(),
                        state.toString(),
                        Integer.toString(port),
                        Long.toString(requests))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("port ")) {
                return new LimitServer(process, Integer.parseInt(line.substring(5)));
            }
        }
        throw new IOException("the rate limit service ended before it was ready");
    }

    /// Without a word: SIGKILL.
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    public static void main(String[] arguments) throws IOException {
        LimitStats stats = new LimitStats();
        EmbeddedStore store = EmbeddedStore.open(
                Path.of(arguments[0]).resolve("quotas"), EmbeddedStore.DEFAULT_MOST, stats, InstantSource.system());
        SpiffeId caller = new SpiffeId("cluster.local", "shop", "anybody");
        MeshLimiter limiter = new MeshLimiter(_ -> new TokenVerdict.Known(caller), store, stats);
        limiter.rules(rules(Long.parseLong(arguments[2])), "istio-system");
        GrpcListener listener = GrpcListener.plaintext(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1])),
                List.of(RateLimitService.definition(limiter)),
                1 << 20);
        System.out.println("port " + listener.port());
        while (true) {
            LockSupport.park();
        }
    }

    private static Map<String, LimitRule> rules(long requests) {
        Duration second = Duration.ofSeconds(1);
        return Map.of(
                BUCKET,
                new LimitRule(
                        BUCKET, requests, second, Algorithm.TOKEN_BUCKET, requests, Optional.empty(), false, Map.of()),
                WINDOW,
                new LimitRule(
                        WINDOW,
                        requests,
                        second,
                        Algorithm.SLIDING_WINDOW,
                        requests,
                        Optional.empty(),
                        false,
                        Map.of()),
                QUOTA,
                new LimitRule(
                        QUOTA,
                        requests,
                        Duration.ofDays(365),
                        Algorithm.CALENDAR,
                        requests,
                        Optional.of(new CalendarWindow(CalendarWindow.Unit.YEAR, ZoneOffset.UTC)),
                        false,
                        Map.of()));
    }
}
