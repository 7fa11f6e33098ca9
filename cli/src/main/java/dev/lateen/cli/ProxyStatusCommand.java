package dev.lateen.cli;

import dev.lateen.cli.dump.ConfigDump;
import dev.lateen.cli.dump.DumpDiff;
import dev.lateen.cli.dump.SyncTable;
import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `proxy-status`: which proxies are connected, and whether each holds what it was sent.
@Command(
        name = "proxy-status",
        aliases = "ps",
        description = {
            "Show which proxies are connected to the control plane and what they subscribe to.",
            "With a pod: compare what the control plane sent with what the proxy holds."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} proxy-status",
            "  ${ROOT-COMMAND-NAME} ps -v 1                           the state of each type",
            "  ${ROOT-COMMAND-NAME} ps deploy/order-service           the difference, if any",
            "  ${ROOT-COMMAND-NAME} ps -o json"
        },
        mixinStandardHelpOptions = true)
final class ProxyStatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "[TYPE/]NAME[.NAMESPACE]",
            description = "Compare this pod.",
            defaultValue = "")
    private String pod = "";

    @Option(
            names = {"-v", "--verbosity"},
            paramLabel = "LEVEL",
            description = "1: a column with the state of each xDS type (default: ${DEFAULT-VALUE}).",
            defaultValue = "0")
    private int verbosity;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "With a pod: its saved /config_dump instead of asking it.",
            defaultValue = "")
    private String file = "";

    @Mixin
    private ControlPlanes controlPlanes = new ControlPlanes();

    @Mixin
    private AdminPort admin = new AdminPort();

    @Mixin
    private OutputOption output = new OutputOption();

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Override
    public Integer call() throws IOException {
        if (!pod.isEmpty()) {
            PrintWriter out = spec.commandLine().getOut();
            out.print(compare());
            out.flush();
            return 0;
        }
        SyncTable table = new SyncTable();
        List<ControlPlaneAddress> asked = controlPlanes.of(target);
        for (ControlPlaneAddress one : asked) {
            table.add(one.name(), Json.read(one.debug().get("/debug/syncz")), target.namespace());
        }
        if (table.isEmpty() && output.format().filter(OutputFormat.JSON::equals).isEmpty()) {
            throw new IllegalStateException("no proxies found (asked control planes: " + asked.size() + ")");
        }
        output.show(() -> table.text(verbosity > 0), table::tree);
        return 0;
    }

    private String compare() throws IOException {
        String name = pod;
        String held;
        if (file.isEmpty()) {
            var proxy = target.pod(pod);
            name = proxy.name();
            held = admin.of(proxy).get("/config_dump");
        } else {
            held = Files.readString(Path.of(file));
        }
        String query = "/debug/config_dump?proxyID=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
        IOException last = new IOException("no control plane to ask");
        for (ControlPlaneAddress one : controlPlanes.of(target)) {
            try {
                ConfigDump sent = ConfigDump.parse(one.debug().get(query), one.name());
                return DumpDiff.of(sent, ConfigDump.parse(held, file.isEmpty() ? name : file));
            } catch (IOException failure) {
                last = failure; // it may be connected to another
            }
        }
        throw last;
    }
}
