package dev.lateen.local;

import dev.lateen.local.Mesh.PodView;
import dev.lateen.local.capture.Capture;
import dev.lateen.local.manifest.ImpliedGateways.ImpliedGateway;
import dev.lateen.local.manifest.ManifestSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The Services of implied gateways, whose target ports say where a gateway really listens on this machine.
///
/// Thread: the mesh's; `addressOf` from any.
final class GatewayManifests {
    private static final String INGRESS = "istio-ingressgateway";

    private final Path directory;
    private final Capture capture;
    private volatile List<ImpliedGateway> implied = List.of();

    GatewayManifests(Path directory, Capture capture) {
        this.directory = directory;
        this.capture = capture;
    }

    void write(List<ImpliedGateway> gateways, ManifestSet manifests) {
        implied = List.copyOf(gateways);
        for (ImpliedGateway gateway : gateways) {
            boolean declared = manifests
                    .ofKind("", "Service")
                    .anyMatch(service ->
                            service.key().name().equals(gateway.workload().name())
                                    && service.key()
                                            .namespace()
                                            .equals(gateway.workload().namespace()));
            if (!declared) {
                writeService(gateway);
            }
        }
    }

    /// The ports that Gateways declare, in their order.
    Stream<Integer> ports() {
        return implied.stream()
                .flatMap(gateway -> gateway.ports().stream())
                .sorted()
                .distinct();
    }

    /// `host:port` for a port that a Gateway declares: of a pod that is ready, where one is. Of several gateways with
    /// the port it is the ingress gateway, else the first.
    Optional<String> addressOf(int declared, List<PodView> pods) {
        return implied.stream()
                .filter(gateway -> gateway.ports().contains(declared))
                .map(gateway -> gateway.workload().name())
                .min(Comparator.comparing(workload -> !workload.equals(INGRESS)))
                .flatMap(workload -> pods.stream()
                        .filter(pod -> pod.workload().equals(workload))
                        .max(Comparator.comparing(PodView::ready)))
                .map(pod -> pod.address() + ":" + capture.gatewayPort(declared));
    }

    private void writeService(ImpliedGateway gateway) {
        String name = gateway.workload().name();
        StringBuilder yaml = new StringBuilder("apiVersion: v1\nkind: Service\nmetadata:\n");
        yaml.append("  name: ")
                .append(name)
                .append("\n  namespace: ")
                .append(gateway.workload().namespace());
        yaml.append("\nspec:\n  type: LoadBalancer\n");
        yaml.append("  selector:\n");
        Map<String, String> labels = new TreeMap<>(gateway.workload().labels());
        labels.forEach((key, value) ->
                yaml.append("    ").append(key).append(": \"").append(value).append("\"\n"));
        yaml.append("  ports:\n");
        for (int port : gateway.ports()) {
            yaml.append("  - name: port-").append(port).append("\n    port: ").append(port);
            yaml.append("\n    targetPort: ").append(capture.gatewayPort(port)).append('\n');
        }
        yaml.append("status:\n  loadBalancer:\n    ingress:\n    - ip: ")
                .append(capture.controlAddress())
                .append('\n');
        Path file = directory.resolve("service-" + name + ".yaml");
        Path fresh = directory.resolve(".service-" + name + ".new");
        try {
            Files.writeString(fresh, yaml);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
