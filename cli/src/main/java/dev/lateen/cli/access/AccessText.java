package dev.lateen.cli.access;

import dev.lateen.cli.output.Table;
import dev.lateen.model.access.AccessReport;
import dev.lateen.model.access.AccessReport.Answer;
import dev.lateen.model.access.AccessReport.Step;

/// Puts an answer about access into words. Thread: any.
public final class AccessText {
    private AccessText() {}

    /// @param verbose with everything that was looked at
    public static String of(AccessReport report, boolean verbose) {
        StringBuilder text = new StringBuilder();
        text.append(verdict(report)).append(": ").append(report.request()).append('\n');
        text.append("  as ").append(report.client()).append('\n');
        for (Answer answer : report.answers()) {
            text.append("  at ")
                    .append(answer.workload())
                    .append(": ")
                    .append(reason(answer))
                    .append('\n');
            if (verbose) {
                steps(answer)
                        .lines()
                        .forEach(line -> text.append("    ").append(line).append('\n'));
            }
        }
        return text.toString();
    }

    private static String verdict(AccessReport report) {
        if (report.allowed()) {
            return "allowed";
        }
        boolean none = report.answers().stream().noneMatch(Answer::allowed);
        return none ? "denied (" + report.answers().getFirst().status() + ")" : "denied by some workloads";
    }

    private static String reason(Answer answer) {
        String by =
                answer.by().isEmpty() ? "" : answer.by() + (answer.at().isEmpty() ? "" : " at " + answer.at()) + ": ";
        return (answer.allowed() ? "allowed, " : "denied (" + answer.status() + "), ") + by + answer.because();
    }

    private static String steps(Answer answer) {
        Table table = new Table(2, "STAGE", "POLICY", "SOURCE", "OUTCOME");
        for (Step step : answer.steps()) {
            table.row(step.stage(), dash(step.what()), dash(step.at()), step.outcome());
        }
        return table.toString();
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
