package dev.lateen.local.manifest;

import dev.lateen.model.kubernetes.Service;
import dev.lateen.model.mesh.AutoAddresses;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Fields;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The names under which pods know services, and the addresses that they connect to. A service without a cluster
/// address gets one that follows from its name: nothing listens there, the proxy takes the connection by its port and
/// host.
///
/// Limits: headless services and names with a wildcard have no address here.
///
/// Thread: any.
public final class ServiceNames {
    private static final String DOMAIN = ".svc.cluster.local";

    private ServiceNames() {}

    /// Names and addresses as seen from a namespace, where a service of that namespace has its short name too.
    public static Map<String, String> in(String namespace, ManifestSet manifests) {
        Map<String, String> names = new TreeMap<>();
        manifests.ofKind("networking.istio.io", "ServiceEntry").forEach(entry -> putEntry(entry, names));
        manifests.ofKind("", "Service").forEach(resource -> putService(Service.of(resource), namespace, names));
        return names;
    }

    private static void putService(Service service, String viewer, Map<String, String> names) {
        if (service.isHeadless() || service.type().equals("ExternalName")) {
            return;
        }
        String name = service.metadata().name();
        String namespace = service.metadata().namespace();
        String host = name + "." + namespace + DOMAIN;
        String address =
                service.clusterAddresses().stream().findFirst().orElseGet(() -> AutoAddresses.of(namespace, host));
        for (String shown : List.of(name + "." + namespace, name + "." + namespace + ".svc", host)) {
            names.put(shown, address);
        }
        if (namespace.equals(viewer)) {
            names.put(name, address);
        }
    }

    private static void putEntry(RawResource resource, Map<String, String> names) {
        String namespace = resource.key().namespace();
        new Fields(resource.root()).object("spec", spec -> {
            boolean addressed = !spec.texts("addresses").isEmpty();
            boolean passes = List.of("", "NONE").contains(spec.text("resolution", ""));
            for (String host : spec.texts("hosts")) {
                if (!addressed && !passes && !host.startsWith("*")) {
                    names.put(host, AutoAddresses.of(namespace, host));
                } else if (addressed && !spec.texts("addresses").getFirst().contains("/")) {
                    names.put(host, spec.texts("addresses").getFirst());
                }
            }
            return true;
        });
    }
}
