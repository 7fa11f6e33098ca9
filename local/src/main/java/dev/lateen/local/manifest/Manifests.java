package dev.lateen.local.manifest;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParsedResource.Fragment;
import dev.lateen.model.resource.ParsedResource.Invalid;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceParser;
import dev.lateen.model.tree.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The manifests below some files and directories. Thread: any; reading is blocking.
public final class Manifests {
    private static final int DEEPEST_DIRECTORY = 16;

    private final List<Path> paths;
    private final ResourceParser parser = new ResourceParser(ParserSettings.DEFAULT);

    public Manifests(Collection<Path> paths) {
        this.paths = List.copyOf(paths);
    }

    /// Reads everything. What cannot be read or parsed becomes a diagnostic and costs nothing else.
    public ManifestSet load() {
        List<RawResource> resources = new ArrayList<>();
        List<Diagnostic> diagnostics = new ArrayList<>();
        Set<Object> seen = new HashSet<>();
        for (Path file : versions().keySet()) {
            for (ParsedResource parsed : parse(file, diagnostics)) {
                diagnostics.addAll(parsed.diagnostics());
                switch (parsed) {
                    case Valid valid -> {
                        if (seen.add(valid.resource().key())) {
                            resources.add(valid.resource());
                        }
                    }
                    case Invalid _, Fragment _ -> {}
                }
            }
        }
        MeshProxies proxies = MeshProxies.of(resources);
        List<WorkloadSpec> workloads = new ArrayList<>();
        WorkloadReader reader = new WorkloadReader(proxies, diagnostics);
        resources.forEach(resource -> reader.read(resource).ifPresent(workloads::add));
        return new ManifestSet(resources, workloads, proxies, diagnostics);
    }

    /// The files and when they changed last: equal as long as nothing has been edited.
    public Map<Path, FileTime> versions() {
        Map<Path, FileTime> versions = new TreeMap<>();
        for (Path path : paths) {
            try (Stream<Path> found = Files.walk(path, DEEPEST_DIRECTORY)) {
                for (Path file : (Iterable<Path>) found.filter(Manifests::isManifest)::iterator) {
                    versions.put(file, Files.getLastModifiedTime(file));
                }
            } catch (IOException | UncheckedIOException _) {
                // A file that vanishes while we look is simply not there any more.
            }
        }
        return versions;
    }

    private List<ParsedResource> parse(Path file, List<Diagnostic> diagnostics) {
        try {
            return parser.parse(Files.readString(file), file.toString());
        } catch (IOException failure) {
            diagnostics.add(Diagnostic.error(
                    "unreadable", new Position(file.toString(), 1, 1), "", "cannot be read: " + failure.getMessage()));
            return List.of();
        }
    }

    private static boolean isManifest(Path file) {
        String name = file.getFileName().toString();
        boolean hidden = name.startsWith(".") || name.startsWith("#");
        return !hidden
                && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"))
                && Files.isRegularFile(file);
    }
}
