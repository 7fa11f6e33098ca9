package dev.lateen.model.diagnostic;

import dev.lateen.model.tree.Position;
import java.util.List;

/// One finding about a user's configuration. Immutable; the text parts that do not apply are empty strings.
///
/// @param code a stable name for the kind of finding, such as `unknown-field`: what tools filter by
/// @param path the field from the document's root, such as `spec.http[0].route[1].weight`
/// @param message one sentence without a full stop
/// @param value what stands there, as written
/// @param expected what may stand there
/// @param advice what to do about it
public record Diagnostic(
        Severity severity,
        String code,
        Position at,
        String path,
        String message,
        String value,
        String expected,
        String advice) {

    public static Diagnostic error(String code, Position at, String path, String message) {
        return new Diagnostic(Severity.ERROR, code, at, path, message, "", "", "");
    }

    public static Diagnostic warning(String code, Position at, String path, String message) {
        return new Diagnostic(Severity.WARNING, code, at, path, message, "", "", "");
    }

    public static Diagnostic info(String code, Position at, String path, String message) {
        return new Diagnostic(Severity.INFO, code, at, path, message, "", "", "");
    }

    public Diagnostic withValue(String text) {
        return new Diagnostic(severity, code, at, path, message, text, expected, advice);
    }

    public Diagnostic withExpected(String text) {
        return new Diagnostic(severity, code, at, path, message, value, text, advice);
    }

    public Diagnostic withAdvice(String text) {
        return new Diagnostic(severity, code, at, path, message, value, expected, text);
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }

    public static boolean anyError(List<Diagnostic> diagnostics) {
        for (Diagnostic diagnostic : diagnostics) {
            if (diagnostic.isError()) {
                return true;
            }
        }
        return false;
    }

    /// The finding in one line, without its place: `spec.host: must not be empty (value: '', expected: a host name)`.
    public String summary() {
        StringBuilder line =
                new StringBuilder(path).append(path.isEmpty() ? "" : ": ").append(message);
        if (!value.isEmpty() || !expected.isEmpty()) {
            line.append(" (");
            line.append(value.isEmpty() ? "" : "value: " + value);
            line.append(value.isEmpty() || expected.isEmpty() ? "" : ", ");
            line.append(expected.isEmpty() ? "" : "expected: " + expected).append(')');
        }
        return line.toString();
    }

    /// The finding in one line, as compilers write it: `file:line:column: error: …`.
    @Override
    public String toString() {
        return at + ": " + severity.word() + ": " + summary() + " [" + code + "]";
    }
}
