package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import java.util.ArrayList;
import java.util.List;

/// Gathers the findings about one resource. Thread: any one.
final class Report {
    private final List<Diagnostic> findings = new ArrayList<>();

    void error(Spot spot, String code, String message) {
        error(spot, code, message, "");
    }

    void error(Spot spot, String code, String message, String expected) {
        add(Diagnostic.error(code, spot.at(), spot.path(), message)
                .withValue(spot.shownValue())
                .withExpected(expected));
    }

    void warning(Spot spot, String code, String message) {
        warning(spot, code, message, "");
    }

    void warning(Spot spot, String code, String message, String advice) {
        add(Diagnostic.warning(code, spot.at(), spot.path(), message)
                .withValue(spot.shownValue())
                .withAdvice(advice));
    }

    void info(Spot spot, String code, String message, String advice) {
        add(Diagnostic.info(code, spot.at(), spot.path(), message).withAdvice(advice));
    }

    void add(Diagnostic diagnostic) {
        findings.add(diagnostic);
    }

    List<Diagnostic> findings() {
        return List.copyOf(findings);
    }
}
