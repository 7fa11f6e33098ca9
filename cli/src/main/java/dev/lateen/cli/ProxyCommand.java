package dev.lateen.cli;

import dev.lateen.proxy.ProxyProcess;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `proxy` in the list of verbs. The launcher starts proxies without coming here; whoever starts this class by hand
/// gets the same.
@Command(
        name = "proxy",
        description = "Run a proxy: a sidecar or a gateway. See `lateen proxy --help`.",
        mixinStandardHelpOptions = false)
final class ProxyCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", hidden = true)
    private List<String> arguments = List.of();

    @Override
    public Integer call() throws InterruptedException {
        var options = ProxyMain.parse(arguments.toArray(String[]::new), System.err);
        return options.isEmpty() ? 2 : ProxyProcess.run(options.get());
    }
}
