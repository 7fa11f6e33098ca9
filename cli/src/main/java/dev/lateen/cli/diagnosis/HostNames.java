package dev.lateen.cli.diagnosis;

import java.util.Optional;

/// Which Service a host name of a resource means. Thread: any.
final class HostNames {
    private HostNames() {}

    /// @param host as a VirtualService or DestinationRule writes it; short names are of the resource's own namespace
    static boolean mean(String host, String resourceNamespace, String service, String serviceNamespace) {
        String full = service + "." + serviceNamespace;
        if (host.startsWith("*")) {
            String suffix = host.substring(1);
            return (full + ".svc.cluster.local").endsWith(suffix);
        }
        String[] words = host.split("\\.", 3);
        String namespace = words.length == 1 ? resourceNamespace : words[1];
        boolean inCluster = words.length < 3 || words[2].equals("svc") || words[2].startsWith("svc.");
        return inCluster && words[0].equals(service) && namespace.equals(serviceNamespace);
    }

    /// `namespace/name` of a gateway that a VirtualService names; empty for the sidecars of the mesh.
    static Optional<String> gateway(String name, String resourceNamespace) {
        if (name.equals("mesh")) {
            return Optional.empty();
        }
        return Optional.of(name.contains("/") ? name : resourceNamespace + "/" + name);
    }
}
