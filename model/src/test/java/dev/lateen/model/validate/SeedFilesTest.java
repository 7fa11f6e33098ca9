package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParsedResource.Invalid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The manifests that the project is measured by.
class SeedFilesTest {
    @Test
    void loadsEverySeedManifest() throws IOException {
        Optional<Path> seed = Vectors.suite("validation").map(suite -> suite.resolve("../../seed/yaml"));
        boolean there = seed.filter(Files::isDirectory).isPresent();
        if (!there) {
            System.err.println("SKIPPED: no seed manifests beside the conformance vectors");
        }
        assumeTrue(there, "seed manifests are not at hand");
        List<ParsedResource> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(seed.orElseThrow())) {
            for (Path file : files.sorted().toList()) {
                all.addAll(ResourceReader.create()
                        .read(Files.readString(file), file.getFileName().toString()));
            }
        }
        all.forEach(parsed -> parsed.diagnostics().forEach(System.out::println));
        assertThat(all).hasSize(15).noneMatch(Invalid.class::isInstance);
    }
}
