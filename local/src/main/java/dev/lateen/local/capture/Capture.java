package dev.lateen.local.capture;

import dev.lateen.local.manifest.WorkloadSpec;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Gives pods their place on this machine, and takes it back. Thread: any.
public sealed interface Capture extends AutoCloseable permits ExplicitCapture, TransparentCapture {
    /// The port at which a proxy takes explicit HTTP proxy requests.
    int HTTP_PROXY_PORT = 15080;

    /// A place for a pod; the same name gets the same address where it is free.
    ///
    /// @throws IllegalStateException when the machine refuses; the message says what and why
    Place place(String podName, WorkloadSpec workload);

    void release(Place place);

    /// The address at which the control plane listens.
    String controlAddress();

    /// Words in front of the control plane's command.
    List<String> controlPrefix();

    /// Istio's name of the mode, for the node's metadata.
    String interceptionMode(WorkloadSpec workload);

    /// The port that a gateway really takes for the port that its Gateway names.
    int gatewayPort(int declared);

    /// Gives every pod the addresses of the services by name, where that is this capture's work.
    ///
    /// @param namesIn the names and addresses as seen from a namespace
    void showServices(Function<String, Map<String, List<String>>> namesIn);

    @Override
    void close();
}
