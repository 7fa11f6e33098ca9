package dev.lateen.cli;

import dev.lateen.cli.explain.LiveGraph;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `stat`: rate, success and time of what comes to workloads.
@Command(
        name = "stat",
        description = "Show rate, success and time of the requests that come to each workload, app or service: the"
                + " numbers of the dashboard's graph.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} stat",
            "  ${ROOT-COMMAND-NAME} stat --by service --window 60 -n shop",
            "  ${ROOT-COMMAND-NAME} stat -o json"
        },
        mixinStandardHelpOptions = true)
final class StatCommand implements Callable<Integer> {
    @Mixin
    private GraphOptions graph = new GraphOptions();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        LiveGraph live = graph.live();
        output.show(live::nodes, live::json);
        return 0;
    }
}
