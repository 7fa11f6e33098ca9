package dev.lateen.control.status;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.istio.UnsupportedFeature;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Position;
import dev.lateen.model.validate.ReferenceWatch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What can be said about resources only together: references to what does not exist, and fields without effect. Each
/// finding is logged once, when it appears.
///
/// Thread: control loop, but `latest`, which is for any.
public final class Findings {
    private static final Logger LOG = LoggerFactory.getLogger(Findings.class);

    private ReferenceWatch watch = new ReferenceWatch("");
    private String watchedRoot = "";
    private ResourceLines lines = new ResourceLines(List.of());
    private Set<Object> logged = Set.of();
    /// Whether a resource has come, gone or moved to another line since `lines` was made.
    private boolean moved = true;

    private volatile Latest latest = new Latest(Map.of(), Map.of(), new ResourceLines(List.of()));

    /// @param references by the resource that refers; also what it refers to outside of the mesh
    /// @param unsupported by the resource that sets the field
    public record Latest(
            Map<ResourceKey, List<Diagnostic>> references,
            Map<ResourceKey, List<UnsupportedFeature>> unsupported,
            ResourceLines lines) {
        /// The resource that stands at a place, such as one that a proxy's resource says it was made from.
        public Optional<ResourceKey> at(Position place) {
            return lines.at(place);
        }
    }

    /// Of the last check.
    public Latest latest() {
        return latest;
    }

    /// Takes changes in; nothing is looked at before `check`.
    public void change(Collection<RawResource> put, Collection<ResourceKey> removed) {
        watch.change(put, removed);
        moved |= !removed.isEmpty() || !put.stream().allMatch(lines::holds);
    }

    /// Looks at what may have become different.
    ///
    /// @param resources all there are; asked for only where much has changed
    /// @param others what else is wrong now
    public void check(Supplier<Collection<RawResource>> resources, MeshSnapshot snapshot, List<Diagnostic> others) {
        if (moved) {
            lines = new ResourceLines(resources.get());
            moved = false;
        }
        Set<Object> found = new HashSet<>();
        Map<ResourceKey, List<Diagnostic>> references = new HashMap<>();
        String root = snapshot.mesh().identity().rootNamespace();
        if (!root.equals(watchedRoot)) {
            watch = new ReferenceWatch(root);
            watch.change(resources.get(), List.of());
            watchedRoot = root;
        }
        List<Diagnostic> all = new ArrayList<>(watch.findings());
        all.addAll(others);
        for (Diagnostic finding : all) {
            lines.at(finding.at())
                    .ifPresent(key -> references
                            .computeIfAbsent(key, _ -> new ArrayList<>(1))
                            .add(finding));
            found.add(finding);
            if (!logged.contains(finding)) {
                LOG.atWarn().log(withAdvice(finding));
            }
        }
        Map<ResourceKey, List<UnsupportedFeature>> unsupported = new HashMap<>();
        for (UnsupportedFeature feature : snapshot.unsupported()) {
            unsupported
                    .computeIfAbsent(feature.resource(), _ -> new ArrayList<>(1))
                    .add(feature);
            found.add(feature);
            if (!logged.contains(feature)) {
                LOG.atWarn().log(feature.toString());
            }
        }
        logged = found;
        latest = new Latest(references, unsupported, lines);
    }

    /// A finding with what to do about it, in one line.
    public static String withAdvice(Diagnostic finding) {
        return finding.advice().isEmpty() ? finding.toString() : finding + " – " + finding.advice();
    }
}
