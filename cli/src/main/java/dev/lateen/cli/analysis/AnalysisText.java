package dev.lateen.cli.analysis;

import dev.lateen.cli.output.Json;
import dev.lateen.model.analyze.Message;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.tree.Position;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Messages of an analysis as istioctl prints them. Thread: any.
public final class AnalysisText {
    private static final String DOCUMENTATION = "https://istio.io/latest/docs/reference/config/analysis/";

    private AnalysisText() {}

    /// `Error [IST0101] (VirtualService shop/reviews vs.yaml:12) Referenced host not found: "revews"`, and the advice
    /// below it where there is some.
    public static String line(Message message) {
        Diagnostic found = message.diagnostic();
        StringBuilder text = new StringBuilder()
                .append(level(found.severity()))
                .append(" [")
                .append(found.code())
                .append("] (")
                .append(message.origin());
        if (found.at().line() > 0) {
            text.append(' ').append(place(found.at()));
        }
        text.append(") ").append(found.message()).append('\n');
        String expected = found.expected().isEmpty() ? "" : "expected " + found.expected();
        String hint = expected.isEmpty() || found.advice().isEmpty()
                ? expected + found.advice()
                : expected + "; " + found.advice();
        if (!hint.isEmpty()) {
            text.append("    ").append(hint).append('\n');
        }
        return text.toString();
    }

    public static String level(Severity severity) {
        String word = severity.word();
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    /// With istioctl's fields, and behind them the place in parts.
    public static List<Map<String, Object>> data(List<Message> messages) {
        return messages.stream().map(AnalysisText::fields).toList();
    }

    private static Map<String, Object> fields(Message message) {
        Diagnostic found = message.diagnostic();
        Map<String, Object> fields = Json.object(
                "code", found.code(),
                "level", level(found.severity()),
                "message", found.message(),
                "origin", message.origin(),
                "reference", found.at().line() > 0 ? place(found.at()) : "",
                "path", found.path(),
                "line", found.at().line(),
                "column", found.at().column());
        if (found.code().startsWith("IST")) {
            fields.put("documentationUrl", DOCUMENTATION + found.code().toLowerCase(Locale.ROOT) + "/");
        }
        if (!found.advice().isEmpty()) {
            fields.put("advice", found.advice());
        }
        return fields;
    }

    /// Objects of a cluster have no lines that anybody could look up.
    private static String place(Position at) {
        return at.file().startsWith(AnalysisInput.CLUSTER) ? at.file() : at.file() + ":" + at.line();
    }
}
