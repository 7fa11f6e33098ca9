package dev.lateen.cli.access;

import dev.lateen.local.manifest.Manifests;
import dev.lateen.local.manifest.WorkloadSpec;
import dev.lateen.model.access.AccessClient;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.mesh.Workload;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The mesh that manifests describe, as if each workload ran once. Thread: any; reading is blocking.
public record FileMesh(MeshSnapshot snapshot, List<AccessClient> clients) {
    private static final String TLS_MODE = "security.istio.io/tlsMode";

    /// @param paths files, or directories with manifests
    /// @throws IllegalArgumentException when something there is wrong, so that no answer could be trusted
    public static FileMesh read(List<Path> paths) throws IOException {
        Manifests manifests = new Manifests(paths);
        ResourceReader reader = ResourceReader.create();
        List<RawResource> resources = new ArrayList<>();
        for (Path file : manifests.versions().keySet()) {
            for (ParsedResource parsed : reader.read(Files.readString(file), file.toString())) {
                refuseErrors(parsed.diagnostics());
                if (parsed instanceof Valid valid) {
                    resources.add(valid.resource());
                }
            }
        }
        if (resources.isEmpty()) {
            throw new IllegalArgumentException(paths + ": no manifests are there (expected: files *.yaml, *.json)");
        }
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT.assigningClusterAddresses());
        MeshConfig mesh = MeshConfig.of(new MeshConfigReader().read(resources).meshConfig())
                .value();
        builder.mesh(MeshConfig.of(new MeshConfigReader().read(resources).meshConfig()));
        builder.put(resources.stream()
                .filter(resource -> !resource.key().kind().equals("Pod"))
                .toList());
        List<Workload> workloads = new ArrayList<>();
        List<AccessClient> clients = new ArrayList<>();
        for (WorkloadSpec spec : manifests.load().workloads()) {
            Workload workload = workload(spec, workloads.size());
            workloads.add(workload);
            clients.add(client(spec, workload, mesh.identity().trustDomain()));
        }
        builder.workloads(workloads);
        return new FileMesh(builder.build(), List.copyOf(clients));
    }

    private static void refuseErrors(List<Diagnostic> diagnostics) {
        for (Diagnostic diagnostic : diagnostics) {
            if (diagnostic.severity() == Severity.ERROR) {
                throw new IllegalArgumentException(diagnostic.at() + ": error: " + diagnostic.summary()
                        + (diagnostic.advice().isEmpty() ? "" : ", " + diagnostic.advice()));
            }
        }
    }

    /// At an address that only tells it from others.
    private static Workload workload(WorkloadSpec spec, int number) {
        Map<String, String> labels = new HashMap<>(spec.labels());
        labels.putIfAbsent(TLS_MODE, spec.role() == WorkloadSpec.Role.SIDECAR ? "istio" : "disabled");
        Map<String, Integer> ports = new HashMap<>();
        spec.containers()
                .forEach(container -> container.ports().forEach(port -> {
                    if (!port.name().isEmpty()) {
                        ports.put(port.name(), port.number());
                    }
                }));
        return new Workload(
                spec.name(),
                spec.namespace(),
                spec.name(),
                List.of("198.18." + (number >> 8) % 256 + "." + (number & 255)),
                labels,
                spec.serviceAccount(),
                ports,
                true,
                Locality.NONE,
                "");
    }

    private static AccessClient client(WorkloadSpec spec, Workload workload, String trustDomain) {
        boolean proxied = spec.role() != WorkloadSpec.Role.NONE;
        String identity = trustDomain + "/ns/" + spec.namespace() + "/sa/" + spec.serviceAccount();
        return new AccessClient(
                spec.name() + "." + spec.namespace(),
                proxied ? identity : "",
                spec.namespace(),
                workload.labels(),
                "",
                proxied);
    }
}
