package dev.lateen.proxy.cluster;

import java.net.InetSocketAddress;
import java.time.Duration;

/// How TCP connections to a cluster are made.
///
/// @param bufferLimitBytes high watermark of what may wait to be written
/// @param source local address to connect from; `ANY_SOURCE` leaves it to the system
public record ConnectionSettings(
        Duration connectTimeout, KeepAlive keepAlive, int bufferLimitBytes, InetSocketAddress source) {
    public static final InetSocketAddress ANY_SOURCE = new InetSocketAddress(0);
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);
    public static final int DEFAULT_BUFFER_LIMIT = 1 << 20;

    /// Values of 0 leave the system's default.
    public record KeepAlive(boolean enabled, int probes, int idleSeconds, int intervalSeconds) {
        public static final KeepAlive OFF = new KeepAlive(false, 0, 0, 0);
    }
}
