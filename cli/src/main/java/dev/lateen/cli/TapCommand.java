package dev.lateen.cli;

import dev.lateen.cli.explain.Following;
import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `tap`: requests as proxies answer them.
@Command(
        name = "tap",
        description = {
            "Show requests as the proxies of the mesh answer them, until Ctrl-C.",
            "Paths are shown without their query. A proxy that answers faster than this command reads says how many were"
                    + " not shown."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} tap                                     all requests of all proxies",
            "  ${ROOT-COMMAND-NAME} tap deploy/order-service --direction outbound",
            "  ${ROOT-COMMAND-NAME} tap --failures --once                   what has failed so far, with ids to explain",
            "  ${ROOT-COMMAND-NAME} tap --status 5xx --path /api -o json"
        },
        mixinStandardHelpOptions = true)
final class TapCommand implements Callable<Integer> {
    private static final long PAUSE_MILLIS = 300;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--once", description = "Show what is kept now, and end.")
    private boolean once;

    @Mixin
    private LiveRequests requests = new LiveRequests();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            converter = OutputFormat.Converter.class,
            description = "One of: short, json (a line each).")
    private OutputFormat format = OutputFormat.TEXT;

    @Override
    public Integer call() throws IOException {
        if (format == OutputFormat.YAML) {
            throw new ParameterException(spec.commandLine(), "-o yaml: a stream has no end (expected: short or json)");
        }
        Following following = requests.follow();
        PrintWriter out = spec.commandLine().getOut();
        do {
            Following.Batch batch = requests.next(following);
            batch.items().forEach(item -> out.println(format == OutputFormat.TEXT ? line(item) : json(item)));
            if (batch.lost() > 0) {
                spec.commandLine().getErr().println(batch.lost() + " came too fast to be read");
            }
            out.flush();
        } while (!once && pause());
        return 0;
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String line(Following.Item item) {
        JsonNode json = item.json();
        String flags = Json.text(json, "flags");
        String details = Json.text(json, "details");
        String method = Json.text(json, "method");
        return TIME.format(Instant.ofEpochMilli(json.path("startMillis").asLong(0))) + " " + item.proxy() + " "
                + Json.text(json, "direction") + " "
                + (method.isEmpty()
                        ? "TCP " + Json.text(json, "destination", "address")
                        : method + " " + Json.text(json, "authority") + Json.text(json, "path"))
                + " " + json.path("status").asInt(0) + (flags.isEmpty() ? "" : " " + flags)
                + (details.equals("via_upstream") || details.isEmpty() ? "" : " " + details) + " "
                + json.path("micros").asLong(0) / 1000 + "ms " + Json.text(json, "id");
    }

    private static String json(Following.Item item) {
        ObjectNode node = item.json().deepCopy().asObject();
        node.put("proxy", item.proxy());
        return node.toString();
    }
}
