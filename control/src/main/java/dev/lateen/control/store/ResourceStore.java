package dev.lateen.control.store;

import dev.lateen.control.source.ConfigFile;
import dev.lateen.control.store.ResourceStatus.Verdict;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keeps the last good version of each resource.
///
/// A refused resource is dropped alone, its last good version stays. A file of which a part cannot even be named
/// (broken YAML) keeps everything it held before that it does not now say anew: what the broken part was cannot be
/// known. Of two files that hold the same name, the one seen first is in force.
///
/// Thread: control loop.
public final class ResourceStore {
    private final Map<ResourceKey, Held> held = new LinkedHashMap<>();
    private final Map<String, Set<ResourceKey>> byFile = new TreeMap<>();
    /// Resources of later files whose names are taken.
    private final Map<ResourceKey, Map<String, RawResource>> rivals = new HashMap<>();
    private final Map<ResourceKey, ResourceStatus> status = new LinkedHashMap<>();
    /// What belongs to no resource, by file.
    private final Map<String, List<Diagnostic>> fileProblems = new TreeMap<>();

    private record Held(RawResource resource, String file) {}

    /// The resources in force.
    public Collection<RawResource> resources() {
        return held.values().stream().map(Held::resource).toList();
    }

    public Map<ResourceKey, ResourceStatus> status() {
        return Collections.unmodifiableMap(status);
    }

    /// Problems that belong to no resource that could be named.
    public Map<String, List<Diagnostic>> fileProblems() {
        return Collections.unmodifiableMap(fileProblems);
    }

    /// Takes what a source reports.
    public StoreChange apply(List<ConfigFile> files) {
        Map<ResourceKey, Optional<Held>> before = new HashMap<>();
        for (ConfigFile file : files) {
            switch (file) {
                case ConfigFile.Present present -> present(present, before);
                case ConfigFile.Unreadable(var name, var reason) ->
                    fileProblems.put(
                            name, List.of(Diagnostic.error("unreadable-file", new Position(name, 1, 1), "", reason)));
                case ConfigFile.Gone(var name) -> {
                    fileProblems.remove(name);
                    for (ResourceKey key : Set.copyOf(byFile.getOrDefault(name, Set.of()))) {
                        release(key, name, before);
                    }
                    forgetRivals(name, Set.of());
                    byFile.remove(name);
                }
            }
        }
        return change(before);
    }

    private void present(ConfigFile.Present file, Map<ResourceKey, Optional<Held>> before) {
        Set<ResourceKey> named = new LinkedHashSet<>();
        List<Diagnostic> problems = new ArrayList<>();
        boolean partUnnamed = false;
        for (ParsedResource parsed : file.resources()) {
            switch (parsed) {
                case ParsedResource.Valid(var resource, var diagnostics) -> {
                    if (named.add(resource.key())) {
                        accept(file.name(), resource, diagnostics, before);
                    } else {
                        problems.add(twice(resource));
                    }
                }
                case ParsedResource.Invalid(var key, var _, var diagnostics) -> {
                    partUnnamed |= key.isEmpty();
                    key.ifPresent(named::add);
                    key.ifPresentOrElse(known -> refuse(known, diagnostics), () -> problems.addAll(diagnostics));
                }
                case ParsedResource.Fragment fragment -> problems.addAll(fragment.diagnostics());
            }
        }
        if (!partUnnamed) {
            for (ResourceKey key : Set.copyOf(byFile.getOrDefault(file.name(), Set.of()))) {
                if (!named.contains(key)) {
                    release(key, file.name(), before);
                }
            }
            forgetRivals(file.name(), named);
        }
        if (problems.isEmpty()) {
            fileProblems.remove(file.name());
        } else {
            fileProblems.put(file.name(), List.copyOf(problems));
        }
    }

    private static Diagnostic twice(RawResource resource) {
        return Diagnostic.error(
                        "duplicate-resource",
                        resource.origin(),
                        "metadata.name",
                        resource.key() + " is given twice in this file")
                .withAdvice("the first is in force; remove or rename one of them");
    }

    private void accept(
            String file, RawResource resource, List<Diagnostic> diagnostics, Map<ResourceKey, Optional<Held>> before) {
        ResourceKey key = resource.key();
        Held current = held.get(key);
        if (current != null && !current.file().equals(file)) {
            rivals.computeIfAbsent(key, _ -> new LinkedHashMap<>()).put(file, resource);
            List<Diagnostic> all = new ArrayList<>(diagnostics);
            all.add(Diagnostic.error(
                            "duplicate-resource",
                            resource.origin(),
                            "metadata.name",
                            key + " is also at " + current.resource().origin() + ", which is in force")
                    .withAdvice("remove or rename one of them"));
            status.put(key, new ResourceStatus(Verdict.DUPLICATE, all));
            return;
        }
        remember(before, key, current);
        held.put(key, new Held(resource, file));
        byFile.computeIfAbsent(file, _ -> new LinkedHashSet<>()).add(key);
        if (rivals.getOrDefault(key, Map.of()).isEmpty()) {
            status.put(key, new ResourceStatus(Verdict.ACCEPTED, diagnostics));
        }
    }

    private void refuse(ResourceKey key, List<Diagnostic> diagnostics) {
        Verdict verdict = held.containsKey(key) ? Verdict.LAST_GOOD_KEPT : Verdict.REFUSED;
        status.put(key, new ResourceStatus(verdict, diagnostics));
    }

    /// A file no longer holds a resource; one of the same name from another file takes its place.
    private void release(ResourceKey key, String file, Map<ResourceKey, Optional<Held>> before) {
        Held current = held.get(key);
        byFile.getOrDefault(file, new HashSet<>()).remove(key);
        if (current == null || !current.file().equals(file)) {
            return;
        }
        remember(before, key, current);
        held.remove(key);
        status.remove(key);
        Map<String, RawResource> waiting = rivals.remove(key);
        if (waiting != null && !waiting.isEmpty()) {
            Map.Entry<String, RawResource> heir = waiting.entrySet().iterator().next();
            accept(heir.getKey(), heir.getValue(), List.of(), before);
            waiting.remove(heir.getKey());
            waiting.forEach((other, resource) -> accept(other, resource, List.of(), before));
        }
    }

    private void forgetRivals(String file, Set<ResourceKey> except) {
        rivals.forEach((key, waiting) -> {
            if (!except.contains(key) && waiting.remove(file) != null && waiting.isEmpty()) {
                status.put(key, new ResourceStatus(Verdict.ACCEPTED, List.of()));
            }
        });
        rivals.values().removeIf(Map::isEmpty);
        // A name that was only ever refused goes with its file.
        status.entrySet()
                .removeIf(entry -> entry.getValue().verdict() == Verdict.REFUSED
                        && !held.containsKey(entry.getKey())
                        && !except.contains(entry.getKey())
                        && entry.getValue().diagnostics().stream()
                                .anyMatch(found -> found.at().file().equals(file)));
    }

    /// Keeps what was in force before the first change of a batch.
    private static void remember(Map<ResourceKey, Optional<Held>> before, ResourceKey key, @Nullable Held current) {
        if (!before.containsKey(key)) {
            before.put(key, Optional.ofNullable(current));
        }
    }

    private StoreChange change(Map<ResourceKey, Optional<Held>> before) {
        List<RawResource> put = new ArrayList<>();
        List<ResourceKey> removed = new ArrayList<>();
        before.forEach((key, old) -> {
            Optional<Held> now = Optional.ofNullable(held.get(key));
            if (now.isEmpty()) {
                if (old.isPresent()) {
                    removed.add(key);
                }
            } else if (!old.map(Held::resource).equals(now.map(Held::resource))) {
                put.add(now.get().resource());
            }
        });
        return new StoreChange(put, removed);
    }
}
