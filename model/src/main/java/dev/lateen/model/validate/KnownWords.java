package dev.lateen.model.validate;

import dev.lateen.model.telemetry.LogText;
import dev.lateen.model.telemetry.ProxyExpressions;
import dev.lateen.model.telemetry.TelemetryWords;
import dev.lateen.model.telemetry.UnknownWord;

/// Looks at the words of telemetry: expressions that nobody can read are wrong; what only the mesh's own proxy does
/// not know is told to Envoy as it is, and left out for the proxy, which would refuse the whole listener. Thread: any.
final class KnownWords {
    private static final String CODE = "unsupported";
    private static final String PROXY = "the mesh's own proxy does not know ";

    private KnownWords() {}

    /// @param instead what the mesh's own proxy does without it
    static void expression(Report report, Spot spot, String instead) {
        ProxyExpressions.fault(spot.value())
                .ifPresentOrElse(
                        fault -> report.error(spot, "bad-expression", fault, "a CEL expression"),
                        () -> ProxyExpressions.unknown(spot.value())
                                .ifPresent(word -> unknown(report, spot, word, instead)));
    }

    /// Of log lines.
    static void format(Report report, Spot spot, String instead) {
        LogText.of(spot.value()).unknown().forEach(word -> unknown(report, spot, word, instead));
    }

    /// @param spot of the name of a metric
    static void metric(Report report, Spot spot) {
        if (!spot.value().isEmpty() && !TelemetryWords.metrics().contains(spot.value())) {
            unknown(
                    report,
                    spot,
                    new UnknownWord("metric '" + spot.value() + "'", TelemetryWords.metrics()),
                    "nothing is changed there");
        }
    }

    private static void unknown(Report report, Spot spot, UnknownWord word, String instead) {
        report.warning(spot, CODE, PROXY + word.what() + ": " + instead, word.advice());
    }
}
