package dev.lateen.control.dashboard;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// What a dashboard may do, and whom it asks.
///
/// @param readOnly whether nothing can be changed through it
/// @param zipkin the address that answers Zipkin's API, such as `http://zipkin:9411`
/// @param jaeger the address that answers Jaeger's API, such as `http://jaeger-query:16686`; asked where there is no
/// Zipkin
/// @param prometheus the address that answers Prometheus' API, such as `http://prometheus:9090`
/// @param idleInterval between two collections of the proxies' numbers while nobody looks; zero for none
public record DashboardSettings(
        boolean readOnly, Optional<URI> zipkin, Optional<URI> jaeger, Optional<URI> prometheus, Duration idleInterval) {
    public static final DashboardSettings DEFAULT =
            new DashboardSettings(false, Optional.empty(), Optional.empty(), Optional.empty(), Duration.ofSeconds(15));

    public DashboardSettings {
        if (idleInterval.isNegative()) {
            throw new IllegalArgumentException("idle interval: " + idleInterval + " (expected: >= 0)");
        }
    }

    public DashboardSettings withIdleInterval(Duration other) {
        return new DashboardSettings(readOnly, zipkin, jaeger, prometheus, other);
    }

    /// Where traces are, if anybody said so.
    Optional<TraceStore> traces(InstantSource clock) {
        Optional<TraceStore> found = zipkin.map(Zipkin::new);
        return found.or(() -> jaeger.map(address -> new Jaeger(address, clock)));
    }
}
