package dev.lateen.cli;

import dev.lateen.cli.dump.ConfigDump;
import dev.lateen.cli.dump.StrictCheck;
import dev.lateen.cli.mesh.HttpPort;
import dev.lateen.cli.mesh.PodProxy;
import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `experimental precheck-strict`: who still speaks plaintext to whom.
@Command(
        name = "precheck-strict",
        description = {
            "Show who would be refused if PeerAuthentication became STRICT: by the servers' metrics since their proxies"
                    + " started, and by the configuration of each client's proxy.",
            "Exit status 0: nobody, 1: somebody, or nobody can be asked."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} x precheck-strict",
            "  ${ROOT-COMMAND-NAME} x precheck-strict -n default     servers of one namespace",
            "  ${ROOT-COMMAND-NAME} x precheck-strict -o json"
        },
        mixinStandardHelpOptions = true)
final class PrecheckStrictCommand implements Callable<Integer> {
    private static final String NUMBERS = "/stats/prometheus";

    @Mixin
    private AdminPort admin = new AdminPort();

    @Mixin
    private MeshTarget target = new MeshTarget();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        List<StrictCheck.Proxy> proxies = new ArrayList<>();
        for (PodProxy pod : target.pods()) {
            HttpPort port = admin.of(pod);
            proxies.add(new StrictCheck.Proxy(
                    pod.workload(),
                    pod.host(),
                    ConfigDump.parse(port.get("/config_dump?include_eds"), pod.name()),
                    numbers(pod, port)));
        }
        if (proxies.isEmpty()) {
            throw new IllegalStateException(
                    "there is no pod with a proxy: start a mesh with `lateen up DIR`, or label a namespace of the cluster");
        }
        StrictCheck check = StrictCheck.of(proxies, target.namespace());
        output.show(check::table, () -> Json.tree(Json.object("plaintext", check.rows(), "silent", check.silent())));
        return check.rows().isEmpty() ? 0 : 1;
    }

    /// Real Envoy counts nothing under Istio's names: the agent beside it does.
    private static String numbers(PodProxy pod, HttpPort admin) throws IOException {
        try {
            return AdminPort.agentOf(pod).get(NUMBERS);
        } catch (IOException _) {
            return admin.get(NUMBERS);
        }
    }
}
