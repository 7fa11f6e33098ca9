package dev.lateen.cli;

import dev.lateen.cli.explain.Following;
import dev.lateen.cli.explain.RouteRates;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `top`: live requests by route.
@Command(
        name = "top",
        description = {
            "Show live requests by proxy and route, the busiest first, until Ctrl-C.",
            "It counts what it can read: a proxy that answers faster says how many were not counted."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} top",
            "  ${ROOT-COMMAND-NAME} top deploy/order-service --direction outbound",
            "  ${ROOT-COMMAND-NAME} top --status 5xx --interval 10",
            "  ${ROOT-COMMAND-NAME} top --once"
        },
        mixinStandardHelpOptions = true)
final class TopCommand implements Callable<Integer> {
    private static final long READ_MILLIS = 250;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--once", description = "Show one interval, and end.")
    private boolean once;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            description = "How long to count for each table (default: ${DEFAULT-VALUE}).",
            defaultValue = "3")
    private int interval = 3;

    @Option(
            names = "--most",
            paramLabel = "LINES",
            description = "How many routes to show (default: ${DEFAULT-VALUE}).",
            defaultValue = "20")
    private int most = 20;

    @Mixin
    private LiveRequests requests = new LiveRequests();

    @Override
    public Integer call() throws IOException {
        if (interval < 1 || most < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--interval " + interval + ", --most " + most + " (expected: 1 or more of each)");
        }
        Following following = requests.follow();
        requests.next(following); // what was there before is not live
        PrintWriter out = spec.commandLine().getOut();
        do {
            out.println(count(following));
            out.flush();
        } while (!once && !Thread.currentThread().isInterrupted());
        return 0;
    }

    private String count(Following following) throws IOException {
        RouteRates rates = new RouteRates();
        long start = System.nanoTime();
        long end = start + interval * 1_000_000_000L;
        long lost = 0;
        while (System.nanoTime() < end) {
            try {
                Thread.sleep(READ_MILLIS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                break;
            }
            Following.Batch batch = requests.next(following);
            rates.add(batch);
            lost += batch.lost();
        }
        String table = rates.table((System.nanoTime() - start) / 1e9, most);
        return lost == 0 ? table : table + lost + " more came too fast to be counted\n";
    }
}
