package dev.lateen.proxy.tcp;

import dev.lateen.proxy.accesslog.AccessLogger;
import dev.lateen.proxy.telemetry.IstioMetrics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a TCP proxy reports its connections.
///
/// @param istio Istio's metrics, or null where the chain has no stats filter
public record TcpTelemetry(
        List<AccessLogger> loggers, @Nullable IstioMetrics istio) {
    public TcpTelemetry {
        loggers = List.copyOf(loggers);
    }
}
