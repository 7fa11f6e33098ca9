package dev.lateen.cli.demo;

import dev.lateen.local.Mesh;
import dev.lateen.local.Mesh.PodView;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Shows the traffic of a mesh as the proxies count it: for each edge requests a second, success, p50 and p99, how much
/// of it mutual TLS protects, and the split between versions. One screen, every second, until the process ends.
///
/// Thread: main.
public final class LiveView {
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int METRICS_PORT = 15090;
    private static final String CLEAR = "\u001b[H\u001b[2J";

    private final Mesh mesh;
    private final Path manifests;
    private final PrintWriter out;
    private final boolean terminal = isTerminal();

    public LiveView(Mesh mesh, Path manifests, PrintWriter out) {
        this.mesh = mesh;
        this.manifests = manifests;
        this.out = out;
    }

    public void run() throws InterruptedException {
        out.println("starting the shop …");
        out.flush();
        Map<Edge, EdgeCounts> before = Map.of();
        while (true) {
            Map<Edge, EdgeCounts> now = EdgeCounts.of(scrape());
            print(before, now);
            before = now;
            Thread.sleep(EVERY);
        }
    }

    private List<String> scrape() {
        List<String> lines = new ArrayList<>();
        for (PodView pod : mesh.podViews()) {
            Client.Answer answer = Client.from(pod.place().probeSource())
                    .get("http://" + pod.address() + ":" + METRICS_PORT + "/stats/prometheus", Map.of());
            if (answer.ok()) {
                answer.body()
                        .lines()
                        .filter(line -> line.startsWith("istio_request"))
                        .forEach(lines::add);
            }
        }
        return lines;
    }

    private void print(Map<Edge, EdgeCounts> before, Map<Edge, EdgeCounts> now) {
        StringBuilder text = new StringBuilder(terminal ? CLEAR : "\n");
        long ready = mesh.podViews().stream().filter(PodView::ready).count();
        text.append("The shop: ")
                .append(ready)
                .append(" of ")
                .append(mesh.podViews().size())
                .append(" pods ready. ");
        text.append("Edit ").append(manifests).append(" and watch; Ctrl-C ends it.\n");
        mesh.gatewayAddress(80)
                .ifPresent(address -> text.append("Gateway: curl -H 'Host: ")
                        .append(Shop.GATEWAY_HOST)
                        .append("' http://")
                        .append(address)
                        .append("/api/orders\n"));
        text.append(String.format("%n%-46s %8s %9s %9s %9s %6s%n", "EDGE", "REQ/S", "SUCCESS", "P50", "P99", "mTLS"));
        Map<String, Double> byDestination = new TreeMap<>();
        now.forEach((edge, counts) ->
                byDestination.merge(edge.to(), counts.since(before.get(edge)).requests(), Double::sum));
        now.forEach((edge, counts) -> {
            EdgeCounts recent = counts.since(before.get(edge));
            double all = byDestination.getOrDefault(edge.to(), 0.0);
            text.append(String.format(
                    Locale.ROOT,
                    "%-46s %8.1f %8.1f%% %6.1f ms %6.1f ms %5.0f%%%s%n",
                    edge.from() + " → " + edge.to() + (edge.version().isEmpty() ? "" : " " + edge.version()),
                    recent.requests() / EVERY.toSeconds(),
                    recent.successPercent(),
                    recent.quantile(0.5),
                    recent.quantile(0.99),
                    recent.mutualTlsPercent(),
                    all > 0 && recent.requests() < all
                            ? String.format(Locale.ROOT, "   %.0f%% of %s", 100 * recent.requests() / all, edge.to())
                            : ""));
        });
        out.print(text);
        out.flush();
    }

    @SuppressWarnings("SystemConsoleNull") // it may still be null, where the provider is chosen by a property
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
