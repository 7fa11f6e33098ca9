package dev.lateen.cli;

import dev.lateen.cli.mesh.HttpPort;
import dev.lateen.cli.mesh.PodProxy;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `proxy-config log`: reads and changes the log levels of a proxy.
@Command(
        name = "log",
        aliases = "o",
        description = "Show or change the log levels of a proxy.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} pc log deploy/order-service",
            "  ${ROOT-COMMAND-NAME} pc log deploy/order-service --level debug",
            "  ${ROOT-COMMAND-NAME} pc log deploy/order-service --level http:debug,router:trace",
            "  ${ROOT-COMMAND-NAME} pc log deploy/order-service --reset"
        },
        mixinStandardHelpOptions = true)
final class ProxyLogCommand implements Callable<Integer> {
    private static final Set<String> LEVELS =
            Set.of("trace", "debug", "info", "warning", "warn", "error", "critical", "off", "none");
    private static final String DEFAULT_LEVEL = "warning";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1", paramLabel = "[TYPE/]NAME[.NAMESPACE]", description = "A pod or a workload.")
    private String pod = "";

    @Option(
            names = "--level",
            paramLabel = "[LOGGER:]LEVEL[,...]",
            description = "trace, debug, info, warning, error, critical or off, for all loggers or for the named ones.",
            defaultValue = "")
    private String level = "";

    @Option(
            names = {"-r", "--reset"},
            description = "Back to warning.")
    private boolean reset;

    @Mixin
    private AdminPort admin = new AdminPort();

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Override
    public Integer call() throws IOException {
        List<String> queries = queries();
        PodProxy proxy = target.pod(pod);
        HttpPort port = admin.of(proxy);
        String answer = "";
        for (String query : queries) {
            answer = port.post("/logging" + query);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(proxy.name() + ":\n" + answer);
        out.flush();
        return 0;
    }

    private List<String> queries() {
        if (reset && !level.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--level and --reset cannot be given together");
        }
        if (reset) {
            return List.of("?level=" + DEFAULT_LEVEL);
        }
        if (level.isEmpty()) {
            return List.of("");
        }
        List<String> queries = new ArrayList<>();
        for (String part : level.split(",", -1)) {
            int colon = part.lastIndexOf(':');
            String logger = colon < 0 ? "level" : part.substring(0, colon).strip();
            String wanted = part.substring(colon + 1).strip().toLowerCase(Locale.ROOT);
            if (!LEVELS.contains(wanted) || logger.isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "'" + part + "' is no level (expected: trace, debug, info, warning, error, critical or off,"
                                + " with LOGGER: in front for one logger)");
            }
            String named = wanted.equals("none") ? "off" : wanted;
            queries.add("?" + URLEncoder.encode(logger, StandardCharsets.UTF_8) + "=" + named);
        }
        return queries;
    }
}
