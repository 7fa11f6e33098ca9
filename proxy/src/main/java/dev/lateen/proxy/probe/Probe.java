package dev.lateen.proxy.probe;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One question to an application.
///
/// @param host where it listens
/// @param port 0 where the question needs none
/// @param timeout for the whole of it
///
/// Source: Kubernetes' probes, Istio's `ReadinessProbe`.
public record Probe(Question question, String host, int port, Duration timeout) {
    public sealed interface Question {}

    /// @param headers in the order in which they are sent
    /// @param tls whoever answers is believed, as by a kubelet
    public record Http(String path, Map<String, String> headers, boolean tls) implements Question {
        public Http {
            headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        }
    }

    /// A connection is answer enough.
    public record Tcp() implements Question {}

    /// By the health service of gRPC, without TLS.
    ///
    /// @param service empty for the server as a whole
    public record Grpc(String service) implements Question {}

    /// A command that ends with status 0.
    public record Exec(List<String> command) implements Question {
        public Exec {
            command = List.copyOf(command);
        }
    }

    /// @param what of the probe is not understood
    public record Unsupported(String what) implements Question {}
}
