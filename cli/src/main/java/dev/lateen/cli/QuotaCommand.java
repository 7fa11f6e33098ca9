package dev.lateen.cli;

import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.mesh.HttpPort;
import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `quota`: what consumers have used of their quotas.
@Command(
        name = "quota",
        description = "Show what consumers have used of their quotas, or let them begin anew.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} quota report",
            "  ${ROOT-COMMAND-NAME} quota report basic.shop -o json",
            "  ${ROOT-COMMAND-NAME} quota reset basic.shop --consumer alice"
        },
        mixinStandardHelpOptions = true)
final class QuotaCommand {
    private static final String KIND = "Quota/";

    @Option(
            names = "--control-plane",
            paramLabel = "HOST:PORT",
            scope = ScopeType.INHERIT,
            description = "The debug API of a control plane (default: those of the meshes on this machine, or"
                    + " 127.0.0.1:15014).")
    private @Nullable String controlPlane;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "report",
            description = "What each consumer has used, those with most use first.",
            footerHeading = "%nExamples:%n",
            footer = "  ${ROOT-COMMAND-NAME} quota report basic.shop")
    int report(
            @Parameters(
                            arity = "0..1",
                            paramLabel = "NAME[.NAMESPACE]",
                            defaultValue = "",
                            description = "Only this quota.")
                    String quota,
            @Option(
                            names = "--most",
                            paramLabel = "NUMBER",
                            defaultValue = "100",
                            description = "Consumers of each quota (default: ${DEFAULT-VALUE}).")
                    int most,
            @Mixin OutputOption output,
            @Mixin MeshTarget target)
            throws IOException {
        List<JsonNode> rules = rules(target, quota, most);
        output.show(() -> table(rules).toString(), () -> Json.tree(rules));
        return 0;
    }

    private static Table table(List<JsonNode> rules) {
        Table table = new Table(3, "QUOTA", "CONSUMER", "USED", "LIMIT", "LEFT", "UNTIL");
        for (JsonNode rule : rules) {
            for (JsonNode counter : Json.items(rule, "counters")) {
                long used = Json.at(counter, "used").asLong();
                long limit = Json.at(counter, "limit").asLong();
                table.row(
                        name(Json.text(rule, "rule")),
                        consumer(counter),
                        Long.toString(used),
                        Long.toString(limit),
                        Long.toString(Math.max(0, limit - used)),
                        Json.text(counter, "until"));
            }
        }
        return table;
    }

    /// `-`: all that have none.
    private static String consumer(JsonNode counter) {
        List<String> values = new ArrayList<>();
        Json.items(counter, "values").forEach(value -> values.add(value.asString("")));
        return values.isEmpty() ? "-" : String.join(",", values);
    }

    @Command(
            name = "reset",
            description = "Let the counts of a quota begin anew: of one consumer, or of all.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  ${ROOT-COMMAND-NAME} quota reset basic.shop --consumer alice",
                "  ${ROOT-COMMAND-NAME} quota reset basic.shop --all"
            })
    int reset(
            @Parameters(paramLabel = "NAME.NAMESPACE", description = "The quota.") String quota,
            @Option(
                            names = "--consumer",
                            paramLabel = "VALUE",
                            defaultValue = "",
                            description = "As the report shows it; the part after = suffices.")
                    String consumer,
            @Option(names = "--all", description = "All consumers.") boolean all,
            @Mixin MeshTarget target)
            throws IOException {
        if (consumer.isEmpty() != all) {
            throw new ParameterException(
                    spec.commandLine(), "either --consumer or --all is expected, so that no count is lost by mistake");
        }
        long count = 0;
        for (ControlPlaneAddress one : addresses(target)) {
            for (JsonNode rule : rulesOf(one, quota, 10_000)) {
                count += reset(one, rule, consumer);
            }
        }
        if (count == 0) {
            throw new ParameterException(
                    spec.commandLine(),
                    "there is no count of " + (all ? "" : "'" + consumer + "' in ") + "quota '" + quota
                            + "'; `quota report` shows those there are");
        }
        spec.commandLine().getOut().println(count + (count == 1 ? " count begins anew" : " counts begin anew"));
        return 0;
    }

    private static long reset(ControlPlaneAddress one, JsonNode rule, String consumer) throws IOException {
        String path = "/debug/ratelimitz/reset?rule=" + encoded(Json.text(rule, "rule"));
        if (consumer.isEmpty()) {
            return count(one, path);
        }
        long count = 0;
        for (JsonNode counter : Json.items(rule, "counters")) {
            String shown = consumer(counter);
            if (shown.equals(consumer) || shown.endsWith("=" + consumer)) {
                count += count(one, path + "&values=" + encoded(shown));
            }
        }
        return count;
    }

    private static long count(ControlPlaneAddress one, String path) throws IOException {
        return Json.at(Json.read(one.debug().post(path)), "reset").asLong();
    }

    private List<JsonNode> rules(MeshTarget target, String quota, int most) throws IOException {
        List<JsonNode> rules = new ArrayList<>();
        for (ControlPlaneAddress one : addresses(target)) {
            rules.addAll(rulesOf(one, quota, most));
        }
        if (rules.isEmpty() && !quota.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "there is no quota '" + quota + "' in force");
        }
        return rules;
    }

    private static List<JsonNode> rulesOf(ControlPlaneAddress one, String quota, int most) throws IOException {
        String page = one.debug().get("/debug/ratelimitz?kind=" + encoded(KIND) + "&most=" + most);
        return Json.items(Json.read(page), "rules").stream()
                .filter(rule -> {
                    String name = name(Json.text(rule, "rule"));
                    return quota.isEmpty() || name.equals(quota) || name.startsWith(quota + ".");
                })
                .toList();
    }

    private List<ControlPlaneAddress> addresses(MeshTarget target) throws IOException {
        String one = controlPlane;
        return one == null ? target.controlPlanes() : List.of(new ControlPlaneAddress("istiod", HttpPort.at(one)));
    }

    /// `Quota/shop/basic/0` is `basic.shop`.
    private static String name(String id) {
        String[] parts = id.split("/", -1);
        return parts.length == 4 ? parts[2] + "." + parts[1] : id;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
