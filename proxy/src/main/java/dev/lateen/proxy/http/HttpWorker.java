package dev.lateen.proxy.http;

import dev.lateen.proxy.accesslog.AccessLogger;
import dev.lateen.proxy.http.filter.RequestFilter;
import dev.lateen.proxy.overload.Overload;
import dev.lateen.proxy.tracing.Tracer;
import io.netty.channel.EventLoop;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// An HTTP connection manager on one event loop: its filters, timers, numbers and connections there.
///
/// Thread: its event loop.
final class HttpWorker {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", java.util.Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    final HttpConnectionManager manager;
    final HttpConnectionManagerConfig config;
    final EventLoop loop;
    final TimerWheel wheel;
    final RequestFilter[] filters;
    final String[] filterNames;
    final AccessLogger[] loggers;
    final HttpStats.Cells stats;
    final Overload overload;
    final @Nullable Tracer tracer;
    private final SplittableRandom random = new SplittableRandom();
    private long dateSecond = -1;
    private String date = "";

    HttpWorker(HttpConnectionManager manager, EventLoop loop) {
        this.manager = manager;
        this.config = manager.config();
        this.loop = loop;
        this.wheel = new TimerWheel(loop);
        this.filters = manager.filters().stream().map(filter -> filter.on(loop)).toArray(RequestFilter[]::new);
        this.filterNames =
                config.filters().stream().map(filter -> filter.name()).toArray(String[]::new);
        this.loggers = manager.loggers().toArray(AccessLogger[]::new);
        this.stats = manager.stats().cells();
        HttpEnvironment around = manager.environment();
        this.overload = around.overload();
        this.tracer = config.tracing()
                .map(tracing ->
                        new Tracer(tracing, around.own().id(), around.spans().on(loop, tracing.collector())))
                .orElse(null);
    }

    long random() {
        return random.nextLong();
    }

    /// The value of a `date` field.
    String date(long epochMillis) {
        long second = epochMillis / 1000;
        if (second != dateSecond) {
            dateSecond = second;
            date = HTTP_DATE.format(Instant.ofEpochSecond(second));
        }
        return date;
    }

    void opened() {
        stats.connections.increment();
        stats.connectionsActive.increment();
    }

    void closed() {
        stats.connectionsActive.add(-1);
    }
}
