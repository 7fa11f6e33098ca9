package dev.lateen.local.manifest;

import dev.lateen.kubernetes.inject.ProxySettings;
import dev.lateen.local.manifest.WorkloadSpec.Role;
import dev.lateen.model.ingress.IngressSettings;
import dev.lateen.model.ingress.Ingresses;
import dev.lateen.model.istio.Gateway;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Position;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;

/// Gateways that an installation would have brought: for each Gateway whose selector matches no workload of the
/// manifests, the workload it means; Ingresses mean one too. `istio: ingressgateway` becomes `istio-ingressgateway` in
/// `istio-system`.
///
/// Thread: any.
public final class ImpliedGateways {
    private static final String NAMESPACE = "istio-system";

    private ImpliedGateways() {}

    /// A gateway that nobody declared.
    ///
    /// @param ports the numbers that its Gateways listen on
    public record ImpliedGateway(WorkloadSpec workload, List<Integer> ports) {}

    public static List<ImpliedGateway> of(ManifestSet manifests) {
        Map<Map<String, String>, TreeSet<Integer>> wanted = new LinkedHashMap<>();
        manifests.ofKind("networking.istio.io", "Gateway").forEach(gateway -> {
            Map<String, String> selector = selectorOf(gateway);
            if (!selector.isEmpty() && !selectsSome(manifests, selector)) {
                wanted.computeIfAbsent(selector, _ -> new TreeSet<>()).addAll(portsOf(gateway));
            }
        });
        for (Gateway gateway : ofIngresses(manifests)) {
            Map<String, String> selector = gateway.selector().labels();
            if (!selectsSome(manifests, selector)) {
                gateway.servers()
                        .forEach(server -> wanted.computeIfAbsent(selector, _ -> new TreeSet<>())
                                .add(server.port().number()));
            }
        }
        List<ImpliedGateway> implied = new ArrayList<>();
        wanted.forEach((selector, ports) ->
                implied.add(new ImpliedGateway(workload(selector, manifests.proxies()), List.copyOf(ports))));
        return implied;
    }

    /// Ports are what counts here; whether their routes lead anywhere the control plane says.
    private static List<Gateway> ofIngresses(ManifestSet manifests) {
        IngressSettings settings = IngressSettings.of(
                new MeshConfigReader().read(manifests.resources()).meshConfig());
        return Ingresses.convert(
                        Ingresses.served(manifests.resources(), settings),
                        settings,
                        NAMESPACE,
                        "",
                        (_, _, _) -> OptionalInt.empty())
                .gateways();
    }

    private static WorkloadSpec workload(Map<String, String> selector, MeshProxies proxies) {
        String role =
                selector.getOrDefault("istio", selector.values().iterator().next());
        String name = selector.containsKey("istio") ? "istio-" + role : role;
        Map<String, String> labels = new TreeMap<>(selector);
        labels.putIfAbsent("app", name);
        return new WorkloadSpec(
                "Deployment",
                NAMESPACE,
                name,
                1,
                labels,
                Map.of(),
                name + "-service-account",
                List.of(),
                Role.GATEWAY,
                proxies.of(NAMESPACE, labels, Map.of()).orElse(ProxySettings.DEFAULT),
                Path.of("."),
                Position.UNKNOWN);
    }

    private static boolean selectsSome(ManifestSet manifests, Map<String, String> selector) {
        return manifests.workloads().stream()
                .anyMatch(workload -> workload.labels().entrySet().containsAll(selector.entrySet()));
    }

    private static Map<String, String> selectorOf(RawResource gateway) {
        return new Fields(gateway.root())
                .object("spec", spec -> spec.textMap("selector"))
                .orElse(Map.of());
    }

    private static List<Integer> portsOf(RawResource gateway) {
        return new Fields(gateway.root())
                .object(
                        "spec",
                        spec -> spec.objects(
                                "servers",
                                server -> server.object(
                                                "port",
                                                port -> port.integer("number").orElse(0))
                                        .orElse(0)))
                .orElse(List.of());
    }
}
