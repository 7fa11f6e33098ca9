package dev.lateen.cli;

import dev.lateen.cli.output.Json;
import dev.lateen.control.dashboard.Jaeger;
import dev.lateen.control.dashboard.TraceStore;
import dev.lateen.control.dashboard.Zipkin;
import dev.lateen.dashboard.trace.TraceDoctor;
import dev.lateen.dashboard.trace.TraceDoctor.Finding;
import dev.lateen.dashboard.trace.TraceDoctor.Health;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `trace doctor`: names the workloads that lose traces.
@Command(
        name = "doctor",
        description = {
            "Name the workloads whose applications do not hand on the fields of a trace: they are called within traces,"
                    + " and what they call begins new ones.",
            "Exit status 0: none does, 1: some do, or there are no traces."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} trace doctor --zipkin http://127.0.0.1:9411",
            "  ${ROOT-COMMAND-NAME} trace doctor --jaeger http://127.0.0.1:16686",
            "  ${ROOT-COMMAND-NAME} trace doctor --zipkin http://zipkin.tracing:9411 --since PT10M -o json"
        },
        mixinStandardHelpOptions = true)
final class TraceDoctorCommand implements Callable<Integer> {
    @ArgGroup(multiplicity = "1")
    private Store store = new Store();

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            description = "How far to look back, in ISO notation (default: ${DEFAULT-VALUE}).",
            defaultValue = "PT1H")
    private Duration since = Duration.ofHours(1);

    @Option(
            names = "--limit",
            paramLabel = "TRACES",
            description = "At how many to look (default: ${DEFAULT-VALUE}).",
            defaultValue = "1000")
    private int limit = 1_000;

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        List<Finding> findings = TraceDoctor.examine(store.asked().traces("", since, limit));
        output.show(() -> text(findings), () -> Json.tree(findings));
        boolean broken = findings.stream().anyMatch(one -> one.health() == Health.BROKEN);
        return broken || findings.isEmpty() ? 1 : 0;
    }

    /// Where traces are: one of them.
    static final class Store {
        @Option(names = "--zipkin", paramLabel = "URL", description = "Zipkin, or what answers its API.")
        private @Nullable URI zipkin;

        @Option(names = "--jaeger", paramLabel = "URL", description = "Jaeger, at its query service.")
        private @Nullable URI jaeger;

        TraceStore asked() {
            return jaeger == null
                    ? new Zipkin(zipkin == null ? URI.create("") : zipkin)
                    : new Jaeger(jaeger, InstantSource.system());
        }
    }

    private static String text(List<Finding> findings) {
        if (findings.isEmpty()) {
            return "no traces: is tracing on, and are there requests?\n";
        }
        StringBuilder text = new StringBuilder();
        boolean broken = false;
        for (Finding one : findings) {
            text.append(word(one.health()))
                    .append(' ')
                    .append(one.service())
                    .append(": ")
                    .append(one.words());
            text.append(one.example().isEmpty() ? "\n" : ", such as trace " + one.example() + "\n");
            broken |= one.health() == Health.BROKEN || one.health() == Health.PARTLY;
        }
        if (broken) {
            text.append("advice: hand on from each request to those that it causes: ")
                    .append(String.join(", ", TraceDoctor.FIELDS))
                    .append('\n');
        }
        return text.toString();
    }

    private static String word(Health health) {
        return switch (health) {
            case BROKEN -> "broken  ";
            case PARTLY -> "partly  ";
            case UNTESTED -> "untested";
            case WHOLE -> "whole   ";
        };
    }
}
