package dev.lateen.model.diagnostic;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Writes diagnostics as a compiler does: place and message, the line with a caret, the advice.
///
/// ```
/// mesh/vs.yaml:12:9: error: spec.http[0].timeuot: unknown field [unknown-field]
///   12 |       timeuot: 5s
///      |       ^
///   advice: did you mean 'timeout'?
/// ```
/// Thread: any.
public final class DiagnosticText {
    private static final int LONGEST_LINE = 160;

    private final Function<String, Optional<String>> textOfFile;

    /// @param textOfFile the whole text of a file by the name that positions carry; empty where it is not at hand,
    ///     and then the excerpt is left out
    public DiagnosticText(Function<String, Optional<String>> textOfFile) {
        this.textOfFile = textOfFile;
    }

    public String render(List<Diagnostic> diagnostics) {
        StringBuilder text = new StringBuilder();
        for (Diagnostic diagnostic : diagnostics) {
            text.append(render(diagnostic));
        }
        return text.toString();
    }

    /// One diagnostic; ends with a line break.
    public String render(Diagnostic diagnostic) {
        StringBuilder text = new StringBuilder(printable(diagnostic.toString())).append('\n');
        appendExcerpt(text, diagnostic);
        if (!diagnostic.advice().isEmpty()) {
            text.append("  advice: ").append(printable(diagnostic.advice())).append('\n');
        }
        return text.toString();
    }

    private void appendExcerpt(StringBuilder text, Diagnostic diagnostic) {
        int line = diagnostic.at().line();
        int column = diagnostic.at().column();
        Optional<String> source = textOfFile.apply(diagnostic.at().file()).flatMap(file -> lineOf(file, line));
        if (source.isEmpty() || source.get().length() > LONGEST_LINE) {
            return;
        }
        String number = String.valueOf(line);
        String margin = " ".repeat(number.length());
        text.append("  ")
                .append(number)
                .append(" | ")
                .append(printable(source.get()))
                .append('\n');
        text.append("  ").append(margin).append(" | ");
        text.append(" ".repeat(Math.max(0, Math.min(column - 1, source.get().length()))))
                .append("^\n");
    }

    private static Optional<String> lineOf(String text, int line) {
        if (line < 1) {
            return Optional.empty();
        }
        int start = 0;
        for (int passed = 1; passed < line; passed++) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                return Optional.empty();
            }
            start = end + 1;
        }
        int end = text.indexOf('\n', start);
        String found = end < 0 ? text.substring(start) : text.substring(start, end);
        return Optional.of(found.endsWith("\r") ? found.substring(0, found.length() - 1) : found);
    }

    /// A file must not be able to steer the reader's terminal, and a tab would move the caret.
    private static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int index = 0; index < text.length(); index++) {
            char next = text.charAt(index);
            clean.append(next == '\t' ? ' ' : Character.isISOControl(next) ? '�' : next);
        }
        return clean.toString();
    }
}
