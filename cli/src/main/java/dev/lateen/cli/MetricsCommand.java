package dev.lateen.cli;

import dev.lateen.cli.dump.WorkloadLoad;
import dev.lateen.cli.mesh.PodProxy;
import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `experimental metrics`: how much workloads are asked and how they answer.
@Command(
        name = "metrics",
        aliases = "m",
        description = {
            "Show what workloads are asked, how often they fail and how long they take, as their own proxies count it.",
            "The proxies are asked twice; no Prometheus is needed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} x metrics order-service-v1",
            "  ${ROOT-COMMAND-NAME} x metrics order-service-v1.shop payment-v1.shop -d 30s",
            "  ${ROOT-COMMAND-NAME} x metrics -n shop -o json        every workload of a namespace"
        },
        mixinStandardHelpOptions = true)
final class MetricsCommand implements Callable<Integer> {
    private static final String NUMBERS = "/stats/prometheus";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..*", paramLabel = "WORKLOAD", description = "NAME or NAME.NAMESPACE (default: all).")
    private List<String> workloads = new ArrayList<>();

    @Option(
            names = {"-d", "--duration"},
            paramLabel = "TIME",
            description = "How long to look, such as 30s or 1m (default: ${DEFAULT-VALUE}).",
            defaultValue = "5s")
    private String duration = "5s";

    @Mixin
    private AdminPort admin = new AdminPort();

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Duration asked = time();
        List<PodProxy> pods = target.pods().stream().filter(this::isMeant).toList();
        if (pods.isEmpty()) {
            throw new IllegalArgumentException(
                    workloads.isEmpty()
                            ? "there is no pod with a proxy"
                            : "no pod with a proxy belongs to " + String.join(", ", workloads));
        }
        long start = System.nanoTime();
        Map<String, WorkloadLoad.Reading> before = read(pods);
        Thread.sleep(asked);
        Map<String, WorkloadLoad.Reading> after = read(pods);
        WorkloadLoad load = WorkloadLoad.between(before, after, Duration.ofNanos(System.nanoTime() - start));
        output.show(load::table, () -> Json.tree(load.rows()));
        return 0;
    }

    private boolean isMeant(PodProxy pod) {
        if (!target.namespace().isEmpty() && !pod.namespace().equals(target.namespace())) {
            return false;
        }
        String name = pod.workload();
        return workloads.isEmpty()
                || workloads.stream().anyMatch(one -> name.equals(one) || name.startsWith(one + "."));
    }

    private Map<String, WorkloadLoad.Reading> read(List<PodProxy> pods) throws IOException {
        Map<String, WorkloadLoad.Reading> readings = new TreeMap<>();
        for (PodProxy pod : pods) {
            String page = numbers(pod);
            readings.put(
                    pod.workload(),
                    readings.getOrDefault(pod.workload(), WorkloadLoad.Reading.NOTHING)
                            .plus(page));
        }
        return readings;
    }

    /// Real Envoy counts nothing under Istio's names: the agent beside it does.
    private String numbers(PodProxy pod) throws IOException {
        try {
            return AdminPort.agentOf(pod).get(NUMBERS);
        } catch (IOException _) {
            return admin.of(pod).get(NUMBERS);
        }
    }

    private Duration time() {
        try {
            Duration time = Duration.parse("PT" + duration.toUpperCase(Locale.ROOT));
            if (time.isPositive()) {
                return time;
            }
        } catch (DateTimeParseException _) {
            // Said below.
        }
        throw new ParameterException(
                spec.commandLine(), "--duration: '" + duration + "' (expected: such as 30s or 1m)");
    }
}
