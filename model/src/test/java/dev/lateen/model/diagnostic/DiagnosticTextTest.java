package dev.lateen.model.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.tree.Position;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiagnosticTextTest {
    private static final String FILE = "spec:\n  timeuot: 5s\n";
    private final DiagnosticText text =
            new DiagnosticText(name -> name.equals("vs.yaml") ? Optional.of(FILE) : Optional.empty());

    @Test
    void showsTheLineWithACaretAndTheAdvice() {
        Diagnostic diagnostic = Diagnostic.error(
                        "unknown-field", new Position("vs.yaml", 2, 3), "spec.timeuot", "unknown field 'timeuot'")
                .withAdvice("did you mean 'timeout'?");
        assertThat(text.render(diagnostic)).isEqualTo("""
                vs.yaml:2:3: error: spec.timeuot: unknown field 'timeuot' [unknown-field]
                  2 |   timeuot: 5s
                    |   ^
                  advice: did you mean 'timeout'?
                """);
    }

    @Test
    void leavesTheExcerptOutWithoutTheFile() {
        Diagnostic diagnostic = Diagnostic.warning("rival", new Position("<stdin>", 1, 1), "spec", "no effect");
        assertThat(text.render(diagnostic)).isEqualTo("<stdin>:1:1: warning: spec: no effect [rival]\n");
    }

    @Test
    void showsValueAndExpectation() {
        Diagnostic diagnostic = Diagnostic.error(
                        "out-of-range", new Position("x", 3, 4), "spec.port", "port is out of range")
                .withValue("0")
                .withExpected("1 to 65535");
        assertThat(diagnostic)
                .hasToString(
                        "x:3:4: error: spec.port: port is out of range (value: 0, expected: 1 to 65535) [out-of-range]");
    }

    @Test
    void neverPrintsControlCharacters() {
        Diagnostic diagnostic = Diagnostic.error("bad-host", new Position("x", 1, 1), "spec", "bad")
                .withValue("\u001b[31mred");
        assertThat(text.render(diagnostic)).doesNotContain("\u001b");
    }

    @Test
    void findsTheWordThatWasMeant() {
        List<String> words = List.of("STRICT", "PERMISSIVE", "DISABLE", "UNSET");
        assertThat(Spelling.closest("STRICTT", words)).contains("STRICT");
        assertThat(Spelling.closest("permisive", words)).contains("PERMISSIVE");
        assertThat(Spelling.closest("SRTICT", words)).contains("STRICT");
        assertThat(Spelling.closest("banana", words)).isEmpty();
    }
}
