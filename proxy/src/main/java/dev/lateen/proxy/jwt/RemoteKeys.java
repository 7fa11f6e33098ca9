package dev.lateen.proxy.jwt;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.ClusterCall;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.config.HttpUri;
import dev.lateen.proxy.telemetry.Counter;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Keys that are fetched from their issuer through a cluster and kept for a while. They are fetched anew when four
/// fifths of that have passed, when they have expired, and when a token names a key that is not among them.
///
/// Limits: 1 MiB; a fetch for the sake of an unknown key every 5 s; after a failure the next fetch waits, up to 60 s.
///
/// Differs: keys that have been here stay in force while fetching fails. Envoy does so only with `async_fetch`.
///
/// Thread: any; fetching on the loop that asked first.
public final class RemoteKeys {
    private static final int MAX_BYTES = 1 << 20;
    private static final long UNKNOWN_KEY_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long MAX_RETRY_NANOS = TimeUnit.SECONDS.toNanos(60);

    /// @param keys null where none have come so far
    /// @param failures of the fetches since then
    private record State(@Nullable KeySet keys, long fetchedNanos, int failures, long retryNanos) {}

    private final JwtProvider.FetchedKeys config;
    private final Clusters clusters;
    private final Counter successes;
    private final Counter failures;
    private final AtomicReference<@Nullable EventLoop> owner = new AtomicReference<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean fetching;
    private volatile State state = new State(null, 0, 0, 0);

    public RemoteKeys(JwtProvider.FetchedKeys config, Clusters clusters, Counter successes, Counter failures) {
        this.config = config;
        this.clusters = clusters;
        this.successes = successes;
        this.failures = failures;
    }

    @Nullable
    KeySet keys(long nowNanos) {
        State now = state;
        boolean fresh = nowNanos - now.fetchedNanos() < config.validity().toNanos();
        return fresh || now.failures() > 0 ? now.keys() : null;
    }

    /// Whether a fetch at this moment could bring keys that are not here.
    boolean worthWaiting(long nowNanos) {
        State now = state;
        return now.failures() == 0 || nowNanos - now.retryNanos() >= 0;
    }

    /// Whether a key that is not here may be a new one.
    boolean mayHaveNewer(long nowNanos) {
        return nowNanos - state.fetchedNanos() > UNKNOWN_KEY_NANOS && worthWaiting(nowNanos);
    }

    /// Whether it is time to fetch them without anybody waiting.
    private boolean due(long nowNanos) {
        State now = state;
        return now.keys() == null
                ? config.early() && worthWaiting(nowNanos)
                : nowNanos - now.fetchedNanos() > config.validity().toNanos() / 5 * 4 && worthWaiting(nowNanos);
    }

    /// Fetches them in good time. Costs next to nothing where they are fresh.
    public void refresh(EventLoop loop) {
        if (due(System.nanoTime())) {
            fetch(loop, () -> {});
        }
    }

    /// Fetches them, or joins a fetch under way, and then calls back on this loop, however it went.
    public void fetch(EventLoop loop, Runnable then) {
        owner.compareAndSet(null, loop);
        EventLoop fetcher = owner.get();
        if (fetcher != null) {
            fetcher.execute(() -> {
                waiting.add(() -> loop.execute(then));
                if (!fetching) {
                    fetching = true;
                    start(fetcher, config.retries());
                }
            });
        }
    }

    private void start(EventLoop loop, int retries) {
        HttpUri uri = config.uri();
        Cluster cluster = clusters.get(uri.cluster());
        if (cluster == null) {
            failed(loop, 0);
            return;
        }
        Headers headers = new Headers(4);
        headers.add("accept", "application/json");
        RequestHead head =
                new RequestHead(HttpVersion.HTTP_1_1, "GET", uri.scheme(), uri.authority(), uri.path(), headers);
        ClusterCall.send(cluster.on(loop), head, new byte[0], uri.timeout(), MAX_BYTES, new ClusterCall.Answer() {
            @Override
            public void onAnswer(int status, Headers answered, byte[] body) {
                KeySet keys = status == 200 ? KeySetParser.parse(new String(body, StandardCharsets.UTF_8)) : null;
                if (keys == null || keys.keys().isEmpty()) {
                    failed(loop, retries);
                } else {
                    successes.increment();
                    finish(new State(keys, System.nanoTime(), 0, 0));
                }
            }

            @Override
            public void onFailure(String reason, boolean timedOut) {
                failed(loop, retries);
            }
        });
    }

    private void failed(EventLoop loop, int retriesLeft) {
        failures.increment();
        if (retriesLeft > 0) {
            // Not at once: the failure may have been reported from inside the call that began it.
            loop.execute(() -> start(loop, retriesLeft - 1));
            return;
        }
        State old = state;
        int count = old.failures() + 1;
        long wait = Math.min(MAX_RETRY_NANOS, config.retryAfter().toNanos() << Math.min(count - 1, 10));
        finish(new State(old.keys(), old.fetchedNanos(), count, System.nanoTime() + wait));
    }

    private void finish(State next) {
        state = next;
        fetching = false;
        List<Runnable> all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(Runnable::run);
    }
}
