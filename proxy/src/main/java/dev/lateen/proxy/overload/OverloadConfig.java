package dev.lateen.proxy.overload;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What is watched, and what is done when it gets scarce.
///
/// Differs: without configuration there is a standard one, where Envoy does nothing.
///
/// Source: envoy.config.overload.v3.OverloadManager. Thread: any (immutable).
public record OverloadConfig(Duration refreshInterval, List<Monitor> monitors, List<Action> actions) {
    private static final String HEAP = "envoy.resource_monitors.fixed_heap";
    private static final String DIRECT = "lateen.resource_monitors.direct_memory";

    public OverloadConfig {
        monitors = List.copyOf(monitors);
        actions = List.copyOf(actions);
    }

    /// A resource that can become scarce.
    public sealed interface Monitor {
        /// The name that triggers and statistics use.
        String name();

        /// Java objects that are in use.
        ///
        /// @param maxBytes 0 for the heap's own limit
        record Heap(String name, long maxBytes) implements Monitor {}

        /// Buffers outside the heap that are in use, of what the process may have.
        record DirectMemory(String name) implements Monitor {}

        /// Connections of clients, over all listeners. Those above are closed.
        record Connections(String name, long max) implements Monitor {}

        /// A number from 0 to 1 in a file, for tests and for operators' own measures.
        record Injected(String name, Path file) implements Monitor {}
    }

    /// What is done.
    ///
    /// @param shortened for `REDUCE_TIMEOUTS` only
    public record Action(Kind kind, List<Trigger> triggers, List<Shortened> shortened) {
        public Action {
            triggers = List.copyOf(triggers);
            shortened = List.copyOf(shortened);
        }

        public Action(Kind kind, List<Trigger> triggers) {
            this(kind, triggers, List.of());
        }
    }

    /// Timeouts that can be shortened.
    public enum Timer {
        /// Of connections without a request.
        CONNECTION_IDLE,
        /// Of requests without a byte.
        STREAM_IDLE,
        /// Of connections as a whole.
        CONNECTION_MAX
    }

    /// How short a timeout gets where a resource has run out.
    ///
    /// @param nanos negative where `share` of the timeout says it
    public record Shortened(Timer timer, long nanos, double share) {
        long least(long fullNanos) {
            return nanos >= 0 ? Math.min(nanos, fullNanos) : (long) (fullNanos * share);
        }
    }

    public enum Kind {
        /// Answers requests with 503.
        STOP_ACCEPTING_REQUESTS,
        /// Leaves new connections to the kernel's queue.
        STOP_ACCEPTING_CONNECTIONS,
        /// Closes new connections.
        REJECT_INCOMING_CONNECTIONS,
        /// Ends connections with their next response.
        DISABLE_HTTP_KEEPALIVE,
        /// Gives unused memory back.
        SHRINK_HEAP,
        /// Ends the requests that hold most buffers.
        RESET_HIGH_MEMORY_STREAM,
        /// Waits less long.
        REDUCE_TIMEOUTS,
        /// Load-shed point: closes new connections.
        TCP_LISTENER_ACCEPT,
        /// Load-shed point: answers requests with 503.
        HTTP_CONNECTION_MANAGER_DECODE_HEADERS,
        /// Load-shed point: answers what comes over HTTP/1, the rest of requests too, with 500, and ends the
        /// connection.
        HTTP1_SERVER_ABORT_DISPATCH,
        /// Load-shed point: serves what comes over HTTP/2, and ends the connection then.
        HTTP2_SERVER_GO_AWAY_ON_DISPATCH;

        boolean isLoadShedPoint() {
            return switch (this) {
                case TCP_LISTENER_ACCEPT,
                        HTTP_CONNECTION_MANAGER_DECODE_HEADERS,
                        HTTP1_SERVER_ABORT_DISPATCH,
                        HTTP2_SERVER_GO_AWAY_ON_DISPATCH -> true;
                case STOP_ACCEPTING_REQUESTS,
                        STOP_ACCEPTING_CONNECTIONS,
                        REJECT_INCOMING_CONNECTIONS,
                        DISABLE_HTTP_KEEPALIVE,
                        SHRINK_HEAP,
                        RESET_HIGH_MEMORY_STREAM,
                        REDUCE_TIMEOUTS -> false;
            };
        }

        /// Envoy's name.
        public String actionName() {
            return (isLoadShedPoint() ? "envoy.load_shed_points." : "envoy.overload_actions.")
                    + name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// Nothing is done up to a pressure of `from`; from `full` on everything; between them in proportion.
    ///
    /// @param monitor its name
    public record Trigger(String monitor, double from, double full) {
        double scale(double pressure) {
            if (pressure >= full) {
                return 1;
            }
            return pressure <= from ? 0 : (pressure - from) / (full - from);
        }
    }

    /// What holds where a bootstrap says nothing: memory pressure sheds load long before memory ends.
    public static OverloadConfig standard() {
        return new OverloadConfig(
                Duration.ofMillis(250),
                List.of(new Monitor.Heap(HEAP, 0), new Monitor.DirectMemory(DIRECT)),
                List.of(
                        action(Kind.SHRINK_HEAP, 0.85, 0.85, 0.80, 0.80),
                        action(Kind.DISABLE_HTTP_KEEPALIVE, 0.88, 0.95, 0.80, 0.90),
                        action(Kind.STOP_ACCEPTING_REQUESTS, 0.90, 0.96, 0.80, 0.92),
                        action(Kind.REJECT_INCOMING_CONNECTIONS, 0.95, 0.98, 0.90, 0.95),
                        action(Kind.RESET_HIGH_MEMORY_STREAM, 0.94, 0.99, 0.85, 0.95)));
    }

    private static Action action(Kind kind, double heap, double heapFull, double direct, double directFull) {
        return new Action(kind, List.of(new Trigger(HEAP, heap, heapFull), new Trigger(DIRECT, direct, directFull)));
    }
}
