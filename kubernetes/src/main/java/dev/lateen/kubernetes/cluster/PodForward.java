package dev.lateen.kubernetes.cluster;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;

/// A port of a pod on this machine, for as long as it is open: each connection to it goes through the API server into
/// the pod's own network, so that also what listens on the pod's loopback alone answers.
///
/// Thread: any.
public final class PodForward implements AutoCloseable {
    private final LocalPortForward forward;
    private final String target;

    /// @param target for messages
    PodForward(LocalPortForward forward, String target) {
        this.forward = forward;
        this.target = target;
    }

    /// Where it listens, on 127.0.0.1.
    public int localPort() {
        return forward.getLocalPort();
    }

    /// Why connections through it have failed, if some have.
    public Optional<ClusterException> trouble() {
        return Stream.concat(forward.getClientThrowables().stream(), forward.getServerThrowables().stream())
                .findFirst()
                .map(this::explained);
    }

    private ClusterException explained(Throwable failure) {
        Throwable cause = failure;
        while (!(cause instanceof KubernetesClientException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        int status = cause instanceof KubernetesClientException known ? known.getCode() : 502;
        String message = cause instanceof KubernetesClientException known
                ? Cluster.reason(known)
                : Optional.ofNullable(cause.getMessage())
                        .orElse(cause.getClass().getSimpleName());
        return new ClusterException("port-forward to " + target + ": " + message, status, failure);
    }

    @Override
    public void close() throws IOException {
        forward.close();
    }
}
