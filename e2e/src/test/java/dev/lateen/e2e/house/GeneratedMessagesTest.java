package dev.lateen.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.core.v3.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A sidecar's class path is trimmed: what asks a generated message for its fields by descriptor fails there, and
/// with it `toString` in a log or an error. The compiler sees nothing of it, so the class files are read.
class GeneratedMessagesTest {
    private static final List<String> ON_A_SIDECAR = List.of("proxy", "net", "xds", "identity");
    private static final Set<String> ELSEWHERE =
            Set.of("dev/lateen/xds/server", "dev/lateen/xds/store", "dev/lateen/identity/ca");

    @Test
    void nothingOnASidecarAsksGeneratedMessagesByField() throws IOException {
        List<String> found = new ArrayList<>();
        int read = 0;
        for (String module : ON_A_SIDECAR) {
            for (Path file : classFiles(Repository.ROOT.resolve(module).resolve("target/classes"))) {
                if (ELSEWHERE.stream().noneMatch(file.toString()::contains)) {
                    found.addAll(MessageUse.in(Files.readAllBytes(file)));
                    read++;
                }
            }
        }
        assertThat(read).as("class files").isGreaterThan(500);
        assertThat(found).isEmpty();
    }

    @Test
    void seesWhatItLooksFor() throws IOException {
        try (var file = Offender.class.getResourceAsStream("GeneratedMessagesTest$Offender.class")) {
            assertThat(MessageUse.in(file.readAllBytes()))
                    .hasSize(5)
                    .anyMatch(line -> line.contains("concatenated"))
                    .anyMatch(line -> line.contains("asString"))
                    .anyMatch(line -> line.contains("byField"))
                    .anyMatch(line -> line.contains("refused"))
                    .anyMatch(line -> line.contains("json"));
        }
    }

    private static List<Path> classFiles(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(file -> file.toString().endsWith(".class")).toList();
        }
    }

    /// Each method breaks the rule once.
    @SuppressWarnings("unused")
    private static final class Offender {
        static String concatenated(Node node) {
            return new StringBuilder("node ").append((Object) node).toString();
        }

        static String asString(Node.Builder node) {
            return String.valueOf(node.build());
        }

        static int byField(Node node) {
            return node.getAllFields().size();
        }

        static RuntimeException refused(Node node) {
            return dev.lateen.proxy.config.Place.resource("a", "b").refuse(node, "nothing");
        }

        static String json(Node node) throws IOException {
            return com.google.protobuf.util.JsonFormat.printer().print(node);
        }
    }
}
