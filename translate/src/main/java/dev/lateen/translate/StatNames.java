package dev.lateen.translate;

import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.ServicePort;

/// Names of clusters in statistics, by the mesh's pattern where it has one.
final class StatNames {
    private StatNames() {}

    static String outbound(Scene scene, MeshService service, ServicePort port, String subset) {
        String pattern = scene.mesh().statNames().outbound();
        return pattern.isEmpty()
                ? Names.stat(Names.outbound(port.port(), subset, service.hostname()))
                : Names.stat(fill(pattern, service, port, subset));
    }

    static String inbound(Scene scene, String name, MeshService service, ServicePort port) {
        String pattern = scene.mesh().statNames().inbound();
        return pattern.isEmpty() ? Names.stat(name) : Names.stat(fill(pattern, service, port, ""));
    }

    static String fill(String pattern, MeshService service, ServicePort port, String subset) {
        boolean kubernetes = service.registry() == MeshService.Registry.KUBERNETES;
        String shortName = kubernetes ? service.name() + "." + service.namespace() : service.hostname();
        return pattern.replace("%SERVICE%", shortName)
                .replace("%SERVICE_NAME%", service.name())
                .replace("%SERVICE_FQDN%", service.hostname())
                .replace("%SERVICE_PORT%", Integer.toString(port.port()))
                .replace("%TARGET_PORT%", port.targetPort())
                .replace("%SERVICE_PORT_NAME%", port.name())
                .replace("%SUBSET_NAME%", subset);
    }
}
