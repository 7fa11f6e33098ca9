package dev.lateen.cli;

import dev.lateen.cli.MeshTarget.PodProxy;
import picocli.CommandLine.Option;

/// The option of commands that ask a proxy's admin API.
final class AdminPort {
    @Option(
            names = "--proxy-admin-port",
            paramLabel = "PORT",
            description = "The proxy's admin port (default: ${DEFAULT-VALUE}).",
            defaultValue = "15000")
    private int port = 15000;

    /// The address of a proxy's admin API, as a URL has it.
    String of(PodProxy proxy) {
        String host = proxy.host().contains(":") ? "[" + proxy.host() + "]" : proxy.host();
        return host + ":" + port;
    }
}
