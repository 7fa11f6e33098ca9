package dev.lateen.cli;

import dev.lateen.cli.explain.LiveGraph;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `edges`: who calls whom.
@Command(
        name = "edges",
        description = "Show who calls whom, how often, with what success and whether with mutual TLS: the edges of the"
                + " dashboard's graph.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} edges",
            "  ${ROOT-COMMAND-NAME} edges --by version --window 60",
            "  ${ROOT-COMMAND-NAME} edges -o json"
        },
        mixinStandardHelpOptions = true)
final class EdgesCommand implements Callable<Integer> {
    @Mixin
    private GraphOptions graph = new GraphOptions();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException {
        LiveGraph live = graph.live();
        output.show(live::edges, live::json);
        return 0;
    }
}
