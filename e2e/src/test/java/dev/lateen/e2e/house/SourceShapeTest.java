package dev.lateen.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Files stay small enough to be read in one go.
class SourceShapeTest {
    private static final int LINES = 400;

    /// File name to the reason why it may be longer.
    private static final Map<String, String> EXCEPTIONS = Map.of(
            "RequestPath.java", "the phases of a request and what asks for them, in one place",
            "Http1ClientConnection.java", "reading, writing and closing share the state of one connection",
            "Http1ServerConnection.java", "reading, writing and closing share the state of one connection",
            "RelayIT.java", "one relay in every combination of protocols");

    @Test
    void filesStayShort() {
        List<String> tooLong = Repository.javaFiles().stream()
                .filter(file -> !EXCEPTIONS.containsKey(file.getFileName().toString()))
                .filter(file -> lines(file) > LINES)
                .map(file -> Repository.ROOT.relativize(file) + " has " + lines(file) + " lines")
                .toList();
        assertThat(tooLong)
                .as("longer than %d lines, and not excepted with a reason", LINES)
                .isEmpty();
    }

    @Test
    void exceptionsAreStillNeeded() {
        List<String> names = Repository.javaFiles().stream()
                .filter(file -> lines(file) > LINES)
                .map(file -> file.getFileName().toString())
                .toList();
        assertThat(EXCEPTIONS.keySet()).as("exceptions").isSubsetOf(names);
    }

    private static long lines(Path file) {
        return Repository.read(file).lines().count();
    }
}
