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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Our verdict on custom resources whose verdict by an API server is known.
@Tag("crd-schema")
class CrdSchemaVectorsTest {
    @Test
    void agreesWithTheApiServer() throws IOException {
        Optional<Path> suite = Vectors.suite("crd-schema");
        if (suite.isEmpty()) {
            System.err.println("SKIPPED: no conformance vectors; set LATEEN_VECTORS to their directory");
        }
        assumeTrue(suite.isPresent(), "conformance vectors are not at hand");
        List<String> failures = new ArrayList<>();
        int total = 0;
        try (Stream<Path> folders = Files.list(suite.get())) {
            for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
                total++;
                String input = Files.readString(folder.resolve("input.yaml"));
                boolean expected =
                        Files.readString(folder.resolve("expected.json")).contains("\"accepted\": true");
                List<ParsedResource> parsed =
                        ResourceReader.create().read(input, folder.getFileName().toString());
                boolean accepted = parsed.stream().noneMatch(Invalid.class::isInstance);
                if (accepted != expected) {
                    failures.add(folder.getFileName() + ": accepted " + accepted + ", expected " + expected + "; "
                            + parsed.stream().map(ParsedResource::diagnostics).toList());
                }
            }
        }
        System.out.printf("vectors crd-schema: %d of %d pass%n", total - failures.size(), total);
        failures.forEach(failure -> System.out.println("  " + failure));
        assertThat(total).isPositive();
        assertThat(failures).isEmpty();
    }
}
