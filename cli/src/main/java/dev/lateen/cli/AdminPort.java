package dev.lateen.cli;

import dev.lateen.cli.explain.MeshDecisions;
import dev.lateen.cli.mesh.HttpPort;
import dev.lateen.cli.mesh.PodProxy;
import java.io.IOException;
import picocli.CommandLine.Option;

/// The option of commands that ask a proxy's admin API.
final class AdminPort {
    private static final int AGENT = 15020;

    @Option(
            names = "--proxy-admin-port",
            paramLabel = "PORT",
            description = "The proxy's admin port (default: ${DEFAULT-VALUE}).",
            defaultValue = "15000")
    private int port = 15000;

    /// A proxy's admin API.
    HttpPort of(PodProxy proxy) throws IOException {
        return proxy.ports().open(port);
    }

    /// What a proxy noted, or the agent beside Envoy.
    MeshDecisions.Admin decisions() {
        return new MeshDecisions.Admin(this::of, AdminPort::agentOf);
    }

    /// That of the agent beside a proxy, where there is one.
    static HttpPort agentOf(PodProxy proxy) throws IOException {
        return proxy.ports().open(AGENT);
    }
}
