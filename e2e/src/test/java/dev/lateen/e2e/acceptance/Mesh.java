package dev.lateen.e2e.acceptance;

import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.MeshSnapshot;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A mesh read from files of YAML, all of it valid.
public record Mesh(String name, MeshSnapshot snapshot) {
    private static final Path OWN = Path.of("src/test/resources/acceptance");
    private static final String COMMON = "common.yaml";

    /// Each file of the test resources together with `common.yaml`, and the manifests of the demo.
    static List<Mesh> all() {
        List<Mesh> meshes = new ArrayList<>();
        Path common = OWN.resolve(COMMON);
        for (Path file : yaml(OWN)) {
            meshes.add(of(nameOf(file), List.of(common, file)));
        }
        meshes.add(of("demo", yaml(Path.of("../demo/manifests"))));
        List<Path> together = new ArrayList<>(yaml(OWN));
        meshes.add(of("together", together));
        return meshes;
    }

    static Mesh of(String name, List<Path> files) {
        return of(name, String.join("\n---\n", files.stream().map(Mesh::read).toList()));
    }

    /// @param yaml all of it valid
    public static Mesh of(String name, String yaml) {
        return of(name, yaml, _ -> {});
    }

    /// @param more what no resource says
    public static Mesh of(String name, String yaml, Consumer<SnapshotBuilder> more) {
        List<RawResource> resources = new ArrayList<>();
        for (ParsedResource parsed : ResourceReader.create().read(yaml, name)) {
            if (parsed instanceof ParsedResource.Valid(RawResource resource, var _)) {
                resources.add(resource);
            } else {
                throw new AssertionError(yaml + parsed);
            }
        }
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        builder.mesh(MeshConfig.of(new MeshConfigReader().read(resources).meshConfig()));
        builder.put(resources);
        more.accept(builder);
        return new Mesh(name, builder.build());
    }

    private static List<Path> yaml(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String nameOf(Path file) {
        return file.getFileName().toString().replace(".yaml", "");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
