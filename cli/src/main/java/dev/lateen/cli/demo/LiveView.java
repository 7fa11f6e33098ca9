package dev.lateen.cli.demo;

import dev.lateen.local.Mesh;
import dev.lateen.local.Mesh.PodView;
import java.io.Console;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Shows the traffic of a mesh as the proxies count it: for each edge requests a second, success, p50 and p99, how much
/// of it mutual TLS protects, and the split between versions. One screen, every second, until the process ends.
///
/// Thread: main.
public final class LiveView {
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final int METRICS_PORT = 15090;
    /// Overwriting lines in place does not flicker as clearing the screen does.
    private static final String HOME = "\u001b[H";
    private static final String END_OF_LINE = "\u001b[K\n";
    private static final String END_OF_SCREEN = "\u001b[J";
    private static final String CLEAR = HOME + END_OF_SCREEN;

    private final Mesh mesh;
    private final Path manifests;
    private final PrintWriter out;
    private final boolean terminal = isTerminal();
    private final Map<Optional<InetAddress>, Client> clients = new HashMap<>();

    public LiveView(Mesh mesh, Path manifests, PrintWriter out) {
        this.mesh = mesh;
        this.manifests = manifests;
        this.out = out;
    }

    public void run() throws InterruptedException {
        out.print((terminal ? CLEAR : "") + "starting the shop …\n");
        out.flush();
        Map<Edge, EdgeCounts> before = Map.of();
        long readAt = System.nanoTime();
        while (true) {
            Thread.sleep(EVERY);
            Map<Edge, EdgeCounts> now = EdgeCounts.of(scrape());
            long readNow = System.nanoTime();
            show(header() + table(before, now, (readNow - readAt) / 1e9));
            before = now;
            readAt = readNow;
        }
    }

    private List<String> scrape() {
        List<String> lines = new ArrayList<>();
        for (PodView pod : mesh.podViews()) {
            Client.Answer answer = clients.computeIfAbsent(pod.place().probeSource(), Client::from)
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

    private String header() {
        List<PodView> pods = mesh.podViews();
        long ready = pods.stream().filter(PodView::ready).count();
        StringBuilder text = new StringBuilder();
        text.append("The shop: %d of %d pods ready. Edit %s and watch; Ctrl-C ends it.%n"
                .formatted(ready, pods.size(), manifests));
        mesh.gatewayAddress(80)
                .ifPresent(address -> text.append(
                        "Gateway: curl -H 'Host: %s' http://%s/api/orders%n".formatted(Shop.GATEWAY_HOST, address)));
        return text.toString();
    }

    private static String table(Map<Edge, EdgeCounts> before, Map<Edge, EdgeCounts> now, double seconds) {
        if (now.isEmpty()) {
            return "\nno requests yet\n";
        }
        Map<String, Double> byDestination = new TreeMap<>();
        now.forEach((edge, counts) ->
                byDestination.merge(edge.to(), counts.since(before.get(edge)).requests(), Double::sum));
        StringBuilder text = new StringBuilder(
                String.format("%n%-46s %8s %9s %9s %9s %6s%n", "EDGE", "REQ/S", "SUCCESS", "P50", "P99", "mTLS"));
        now.forEach((edge, counts) -> {
            EdgeCounts recent = counts.since(before.get(edge));
            text.append(row(edge, recent, byDestination.getOrDefault(edge.to(), 0.0), seconds));
        });
        return text.toString();
    }

    private static String row(Edge edge, EdgeCounts recent, double ofDestination, double seconds) {
        String name = edge.from() + " → " + edge.to() + (edge.version().isEmpty() ? "" : " " + edge.version());
        if (recent.requests() == 0) {
            return String.format("%-46s %8s %9s %9s %9s %6s%n", name, "0.0", "–", "–", "–", "–");
        }
        String share = recent.requests() < ofDestination
                ? String.format(Locale.ROOT, "   %.0f%% of %s", 100 * recent.requests() / ofDestination, edge.to())
                : "";
        return String.format(
                Locale.ROOT,
                "%-46s %8.1f %8.1f%% %6.1f ms %6.1f ms %5.0f%%%s%n",
                name,
                recent.requests() / seconds,
                recent.successPercent(),
                recent.quantile(0.5),
                recent.quantile(0.99),
                recent.mutualTlsPercent(),
                share);
    }

    private void show(String text) {
        out.print(terminal ? HOME + text.replace("\n", END_OF_LINE) + END_OF_SCREEN : "\n" + text);
        out.flush();
    }

    @SuppressWarnings("SystemConsoleNull") // it may still be null, where the provider is chosen by a property
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }
}
