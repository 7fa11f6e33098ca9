package dev.lateen.cli;

import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `admin`: looks after control planes themselves.
@Command(
        name = "admin",
        aliases = "istiod",
        description = "Look after the control plane itself.",
        subcommands = AdminCommand.Log.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = "  ${ROOT-COMMAND-NAME} admin log --level debug",
        mixinStandardHelpOptions = true)
final class AdminCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    @Command(
            name = "log",
            aliases = "l",
            description = {
                "Show or change how much the control plane writes, in all its replicas. A change lasts until they start"
                        + " anew.",
                "Parts are called by their packages; a level holds for all below a name."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} admin log",
                "  ${ROOT-COMMAND-NAME} admin log --level debug",
                "  ${ROOT-COMMAND-NAME} admin log --level control.push:debug,control.cluster:warn",
                "  ${ROOT-COMMAND-NAME} admin log --reset"
            },
            mixinStandardHelpOptions = true)
    static final class Log implements Callable<Integer> {
        private static final String ALL = "dev.lateen";
        private static final Set<String> LEVELS = Set.of("debug", "info", "warn", "error", "none");

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Option(
                names = "--level",
                paramLabel = "[PART:]LEVEL[,...]",
                description = "debug, info, warn, error or none, for all or for the parts that are named.",
                defaultValue = "")
        private String level = "";

        @Option(
                names = {"-r", "--reset"},
                description = "Back to info.")
        private boolean reset;

        @Mixin
        private ControlPlanes controlPlanes = new ControlPlanes();

        @Mixin
        private MeshTarget target = new MeshTarget();

        @Mixin
        private OutputOption output = new OutputOption();

        @Override
        public Integer call() throws IOException {
            if (reset && !level.isEmpty()) {
                throw new ParameterException(spec.commandLine(), "--level and --reset cannot be given together");
            }
            Map<String, String> wanted = wanted();
            Map<String, JsonNode> answers = new TreeMap<>();
            for (ControlPlaneAddress one : controlPlanes.of(target)) {
                answers.put(one.name(), Json.read(ask(one, wanted)));
            }
            Table table = new Table(3, "CONTROL PLANE", "PART", "LEVEL");
            answers.forEach((name, levels) -> levels.properties()
                    .forEach(part ->
                            table.row(name, part.getKey(), part.getValue().asString(""))));
            output.show(table::toString, () -> Json.tree(answers));
            return 0;
        }

        private String ask(ControlPlaneAddress one, Map<String, String> wanted) throws IOException {
            if (wanted.isEmpty() && !reset) {
                return one.debug().get("/debug/logging");
            }
            Map<String, String> levels = new LinkedHashMap<>(wanted);
            if (reset) {
                Json.read(one.debug().get("/debug/logging"))
                        .properties()
                        .forEach(part -> levels.put(part.getKey(), "info"));
            }
            return one.debug()
                    .post("/debug/logging?"
                            + levels.entrySet().stream()
                                    .map(part -> URLEncoder.encode(part.getKey(), StandardCharsets.UTF_8) + "="
                                            + part.getValue())
                                    .collect(Collectors.joining("&")));
        }

        private Map<String, String> wanted() {
            Map<String, String> wanted = new LinkedHashMap<>();
            for (String one : level.isEmpty() ? List.<String>of() : List.of(level.split(",", -1))) {
                int colon = one.lastIndexOf(':');
                String part = colon < 0 ? ALL : one.substring(0, colon).strip();
                String word = one.substring(colon + 1).strip().toLowerCase(Locale.ROOT);
                String known = word.equals("off") ? "none" : word.equals("warning") ? "warn" : word;
                if (!LEVELS.contains(known) || part.isEmpty()) {
                    throw new ParameterException(
                            spec.commandLine(),
                            "'" + one + "' is no level (expected: debug, info, warn, error or none, with PART: in front"
                                    + " for one part)");
                }
                wanted.put(part.startsWith(ALL) ? part : ALL + "." + part, known);
            }
            return wanted;
        }
    }
}
