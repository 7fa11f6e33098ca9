package dev.lateen.cli.mesh;

import java.io.IOException;

/// A pod's proxy.
///
/// @param name `pod.namespace`
/// @param host the pod's address
/// @param ports opens its ports
public record PodProxy(String name, String host, Ports ports) {
    /// The way into a pod.
    public interface Ports {
        /// Errors: `IOException` where there is no way.
        HttpPort open(int port) throws IOException;
    }

    /// One whose address is reached from here.
    static PodProxy near(String name, String host) {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return new PodProxy(name, host, port -> HttpPort.at(shown + ":" + port));
    }

    public String namespace() {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /// Its name without the namespace.
    public String podName() {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    /// What it is a replica of, as `name.namespace`: a replica is named after its workload with two words more.
    public String workload() {
        return podName().replaceFirst("-[^-]+-[^-]+$", "") + "." + namespace();
    }
}
