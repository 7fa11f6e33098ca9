package dev.lateen.local.manifest;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.RawResource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What a set of files says at one moment.
///
/// @param resources all that parsed, in the order of the files
/// @param workloads those of them that run here
/// @param proxies what they say about the proxies of the workloads
/// @param diagnostics what is wrong with the rest
public record ManifestSet(
        List<RawResource> resources, List<WorkloadSpec> workloads, MeshProxies proxies, List<Diagnostic> diagnostics) {
    public static final ManifestSet EMPTY = new ManifestSet(List.of(), List.of(), MeshProxies.NONE, List.of());

    public ManifestSet {
        resources = List.copyOf(resources);
        workloads = List.copyOf(workloads);
        diagnostics = List.copyOf(diagnostics);
    }

    /// Both together; of proxies only this one speaks.
    public ManifestSet and(ManifestSet other) {
        return new ManifestSet(
                joined(resources, other.resources),
                joined(workloads, other.workloads),
                proxies,
                joined(diagnostics, other.diagnostics));
    }

    private static <T> List<T> joined(List<T> one, List<T> other) {
        List<T> all = new ArrayList<>(one);
        all.addAll(other);
        return all;
    }

    public Stream<RawResource> ofKind(String group, String kind) {
        return resources.stream()
                .filter(resource -> resource.key().kind().equals(kind)
                        && resource.key().group().equals(group));
    }
}
