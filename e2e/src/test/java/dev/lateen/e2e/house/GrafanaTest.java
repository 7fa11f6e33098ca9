package dev.lateen.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.control.debug.ControlMetrics;
import dev.lateen.control.push.ProxyProgress.Refusal;
import dev.lateen.kubernetes.webhook.WebhookListener;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.DestinationService;
import dev.lateen.proxy.telemetry.IstioMetrics;
import dev.lateen.proxy.telemetry.PrometheusText;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.server.Push;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Dashboards ask for what there is: each metric in an expression is one that the proxy or the control plane shows.
final class GrafanaTest {
    private static final Pattern METRIC =
            Pattern.compile("\\b(?:istio|envoy|lateen|pilot|citadel|galley|sidecar|process)_[a-z0-9_]+\\b");
    private static final Pattern LABELS = Pattern.compile("\\{[^}]*}|by \\([^)]*\\)");
    private static final Set<String> DASHBOARDS =
            Set.of("mesh.json", "service.json", "workload.json", "control-plane.json");

    @Test
    void everyMetricOfADashboardExists() throws IOException {
        Set<String> shown = shown();
        Set<String> files = new TreeSet<>();
        try (Stream<Path> all = Files.list(Repository.ROOT.resolve("deploy/grafana"))) {
            for (Path file :
                    all.filter(path -> path.toString().endsWith(".json")).toList()) {
                files.add(file.getFileName().toString());
                List<String> expressions = new ArrayList<>();
                collect(new JsonMapper().readTree(Files.readString(file)), expressions);
                assertThat(expressions).as(file.toString()).hasSizeGreaterThan(10);
                for (String expression : expressions) {
                    assertThat(shown).as("%s: %s", file, expression).containsAll(metrics(expression));
                }
            }
        }
        assertThat(files).isEqualTo(DASHBOARDS);
    }

    @Test
    void wouldFindAMetricThatNobodyShows() throws IOException {
        assertThat(shown()).doesNotContainAnyElementsOf(metrics("rate(istio_request_total{a=\"b\"}[5m])"));
    }

    private static void collect(JsonNode node, List<String> expressions) {
        if (node.has("expr")) {
            expressions.add(node.path("expr").asString(""));
        }
        node.forEach(child -> collect(child, expressions));
    }

    private static Set<String> metrics(String expression) {
        Set<String> names = new TreeSet<>();
        Matcher metric = METRIC.matcher(LABELS.matcher(expression).replaceAll(""));
        while (metric.find()) {
            names.add(metric.group());
        }
        assertThat(names).as(expression).isNotEmpty();
        return names;
    }

    /// Names of samples on both pages, once something has happened.
    private static Set<String> shown() throws IOException {
        Set<String> names = new TreeSet<>();
        (proxy() + control())
                .lines()
                .filter(line -> !line.startsWith("#"))
                .forEach(line -> names.add(line.split("[{ ]", 2)[0]));
        return names;
    }

    private static String proxy() {
        Stats stats = new Stats();
        IstioMetrics.Worker worker =
                new IstioMetrics(stats, IstioMetrics.Reporter.DESTINATION, PeerInfo.UNKNOWN).onOwnThread();
        StreamInfo info = new StreamInfo();
        Headers headers = new Headers();
        headers.add("content-type", "application/grpc");
        info.request = new RequestHead(HttpVersion.HTTP_2, "POST", "http", "s:80", "/", headers);
        worker.request(info, DestinationService.UNKNOWN);
        worker.tcpOpened(info, DestinationService.UNKNOWN);
        return PrometheusText.of(stats, false);
    }

    private static String control() throws IOException {
        ControlMetrics metrics = new ControlMetrics(InstantSource.system());
        metrics.newcomers(() -> 0);
        metrics.refusedCaller("other");
        metrics.certificateRequest("success");
        metrics.converged(Duration.ZERO);
        metrics.pushed(1, Duration.ZERO);
        for (ResourceType type : ResourceType.values()) {
            metrics.sent(new Push(type, "1", "1", List.of(), List.of()));
        }
        metrics.rejected("one", new Refusal(ResourceType.CLUSTER, 1, "why", List.of()));
        metrics.webhooks().injection(WebhookListener.Injection.INJECTED);
        metrics.webhooks().validation("Gateway", true);
        metrics.webhooks().validation("Gateway", false);
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        metrics.write("", page);
        return page.toString(StandardCharsets.UTF_8);
    }
}
