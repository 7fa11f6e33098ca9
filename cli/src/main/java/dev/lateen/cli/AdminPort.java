package dev.lateen.cli;

import dev.lateen.cli.MeshTarget.PodProxy;
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

    /// The address of a proxy's admin API, as a URL has it.
    String of(PodProxy proxy) {
        return address(proxy, port);
    }

    /// That of the agent beside a proxy, where there is one.
    static String agentOf(PodProxy proxy) {
        return address(proxy, AGENT);
    }

    private static String address(PodProxy proxy, int port) {
        String host = proxy.host().contains(":") ? "[" + proxy.host() + "]" : proxy.host();
        return host + ":" + port;
    }
}
