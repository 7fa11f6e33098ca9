package dev.lateen.local.manifest;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// How a container's health is asked for. Defaults are Kubernetes' own.
public record ProbeSpec(
        Check check,
        Duration initialDelay,
        Duration period,
        Duration timeout,
        int failureThreshold,
        int successThreshold) {

    /// What is asked. A port is a number or the name of a container port.
    public sealed interface Check {
        /// @param scheme `HTTP` or `HTTPS`; certificates are not verified, as a kubelet does not
        record HttpGet(String path, String port, String scheme, Map<String, String> headers) implements Check {}

        record TcpSocket(String port) implements Check {}

        record Exec(List<String> command) implements Check {}

        /// A kind that is not run here; it counts as successful and is reported once.
        record Unsupported(String kind) implements Check {}
    }
}
