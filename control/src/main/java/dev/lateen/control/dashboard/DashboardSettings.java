package dev.lateen.control.dashboard;

import java.net.URI;
import java.util.Optional;

/// What a dashboard may do, and whom it asks.
///
/// @param readOnly whether nothing can be changed through it
/// @param zipkin the address that answers Zipkin's API, such as `http://zipkin:9411`
/// @param prometheus the address that answers Prometheus' API, such as `http://prometheus:9090`
public record DashboardSettings(boolean readOnly, Optional<URI> zipkin, Optional<URI> prometheus) {
    public static final DashboardSettings DEFAULT = new DashboardSettings(false, Optional.empty(), Optional.empty());
}
