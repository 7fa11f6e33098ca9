package dev.lateen.control.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.control.ControlPlane;
import dev.lateen.control.ControlPlaneSettings;
import dev.lateen.control.ControlPlaneSettings.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What the dashboard changes in a watched directory, and for whom it does.
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
class EditingIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String QUERY = "group=networking.istio.io&kind=VirtualService&namespace=shop&name=back";
    private static final String FILE = """
            # the services
            apiVersion: v1
            kind: Service
            metadata: {name: back, namespace: shop}
            spec: {ports: [{name: http, port: 80}], selector: {app: back}}
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: back, namespace: shop}
            spec:
              hosts: [back]
              http:
              # one for all
              - route:
                - destination: {host: back}
                timeout: 5s # enough
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: key, namespace: shop}
            data: {tls.key: c2VjcmV0LW9mLXNob3A=}
            """;

    @TempDir
    Path directory = Path.of("");

    private final HttpClient client = HttpClient.newHttpClient();
    private Optional<ControlPlane> running = Optional.empty();

    private Path start(boolean readOnly) throws IOException {
        Path config = Files.createDirectories(directory.resolve("config"));
        Path file = Files.writeString(config.resolve("all.yaml"), FILE);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        running = Optional.of(ControlPlane.start(ControlPlaneSettings.of(List.of(config), directory.resolve("state"))
                .withDashboard(new DashboardSettings(
                        readOnly, Optional.empty(), Optional.empty(), Optional.empty(), Duration.ZERO))
                .withPorts(Ports.FREE)));
        return file;
    }

    @AfterEach
    void stop() {
        running.ifPresent(ControlPlane::close);
        client.shutdownNow();
    }

    @Test
    void changesOneDocumentAndNothingElseOfItsFile() throws Exception {
        Path file = start(false);
        JsonNode opened = opened();
        assertThat(opened.path("firstLine").asInt()).isEqualTo(7);
        String text = opened.path("text").asString();
        HttpResponse<String> saved = save(opened, text.replace("5s", "7s"));
        assertThat(saved.statusCode()).as(saved.body()).isEqualTo(200);
        assertThat(file).hasContent(FILE.replace("5s # enough", "7s # enough"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        assertThat(file.getParent().toFile().list()).containsExactly("all.yaml");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("resource?" + QUERY).body().contains("7s"));
    }

    @Test
    void savesNothingThatTheMeshWouldRefuse() throws Exception {
        Path file = start(false);
        JsonNode opened = opened();
        HttpResponse<String> refused =
                save(opened, opened.path("text").asString().replace("timeout", "timeuot"));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("all.yaml:16:5: error: spec.http[0].timeuot: unknown field");
        assertThat(file).hasContent(FILE);
    }

    @Test
    void showsWhatSomebodyElseHasWrittenMeanwhile() throws Exception {
        Path file = start(false);
        JsonNode opened = opened();
        Files.writeString(file, FILE.replace("5s", "9s"));
        HttpResponse<String> conflict =
                save(opened, opened.path("text").asString().replace("5s", "7s"));
        assertThat(conflict.statusCode()).isEqualTo(409);
        JsonNode now = JSON.readTree(conflict.body()).path("now");
        assertThat(now.path("text").asString()).contains("9s");
        assertThat(save(now, now.path("text").asString().replace("9s", "7s")).statusCode())
                .isEqualTo(200);
        assertThat(file).hasContent(FILE.replace("5s", "7s"));
    }

    @Test
    void takesNothingFromPagesOfOthers() throws Exception {
        Path file = start(false);
        ObjectNode asked = asked(opened(), "");
        assertThat(send(request("save").header("content-type", "application/json"), asked)
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(request("save").header("content-type", "text/plain").header("x-lateen-operator", "x"), asked)
                        .statusCode())
                .isEqualTo(403);
        for (String field : List.of("origin: http://evil.example.com", "sec-fetch-site: cross-site")) {
            assertThat(send(
                                    request("save")
                                            .header("content-type", "application/json")
                                            .header("x-lateen-operator", "x")
                                            .header(field.split(": ")[0], field.split(": ")[1]),
                                    asked)
                            .statusCode())
                    .as(field)
                    .isEqualTo(403);
        }
        assertThat(file).hasContent(FILE);
    }

    @Test
    void readsNoMoreThanAPageHasToSay() throws Exception {
        start(false);
        assertThat(save(opened(), "#".repeat(Changes.MOST_BYTES)).statusCode()).isEqualTo(413);
    }

    @Test
    void opensNoSecretAndNoFileThatIsNotWatched() throws Exception {
        start(false);
        HttpResponse<String> secret = get("edit?kind=Secret&namespace=shop&name=key");
        assertThat(secret.statusCode()).isEqualTo(404);
        assertThat(secret.body()).doesNotContain("c2VjcmV0LW9mLXNob3A=");
    }

    @Test
    void onlyShowsWhereItWasToldTo() throws Exception {
        Path file = start(true);
        JsonNode opened = opened();
        assertThat(opened.path("locked").asString()).contains("only shows");
        assertThat(save(opened, opened.path("text").asString().replace("5s", "7s"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(file).hasContent(FILE);
    }

    @Test
    void changesNoLogForWhomeverMaySaveNothing() throws Exception {
        ObjectNode asked = JSON.createObjectNode().put("proxy", "a-1.shop").put("level", "debug");
        start(true);
        assertThat(send(ours("log-level"), asked).statusCode()).isEqualTo(403);
        running.ifPresent(ControlPlane::close);
        start(false);
        assertThat(send(request("log-level").header("content-type", "application/json"), asked)
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(ours("log-level"), asked).statusCode()).isEqualTo(404);
        assertThat(send(ours("log-level"), asked.put("logger", "a&level")).statusCode())
                .isEqualTo(400);
        assertThat(send(ours("log-level"), asked.put("logger", "").put("level", "loud"))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void proposesTheSmallestChangeOfWhatThereIs() throws Exception {
        start(false);
        ObjectNode form = JSON.createObjectNode()
                .put("namespace", "shop")
                .put("name", "back")
                .put("form", "patience")
                .put("timeout", "2s")
                .put("attempts", "3");
        JsonNode changes = JSON.readTree(send(ours("traffic"), form).body()).path("changes");
        assertThat(changes).hasSize(1);
        assertThat(changes.path(0).path("text").asString())
                .contains("  # one for all\n")
                .contains("    timeout: 2s # enough\n    retries:\n      attempts: 3\n");
        form.put("form", "breaker").put("connections", "10");
        JsonNode rule = JSON.readTree(send(ours("traffic"), form).body())
                .path("changes")
                .path(0);
        assertThat(rule.path("kind").asString()).isEqualTo("DestinationRule");
        assertThat(rule.path("text").asString()).contains("maxConnections: 10");
        ObjectNode asked = JSON.createObjectNode()
                .put("group", "networking.istio.io")
                .put("kind", "DestinationRule")
                .put("namespace", "shop")
                .put("name", "back")
                .put("version", rule.path("opened").path("version").asString())
                .put("text", rule.path("text").asString());
        HttpResponse<String> saved = send(ours("save"), asked);
        assertThat(saved.statusCode()).as(saved.body()).isEqualTo(200);
        assertThat(directory.resolve("config/back-destinationrule.yaml"))
                .content()
                .contains("host: back.shop.svc.cluster.local");
    }

    private JsonNode opened() throws Exception {
        HttpResponse<String> opened = get("edit?" + QUERY);
        assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
        return JSON.readTree(opened.body());
    }

    private HttpResponse<String> save(JsonNode opened, String text) throws Exception {
        return send(ours("save"), asked(opened, text));
    }

    private static ObjectNode asked(JsonNode opened, String text) {
        return JSON.createObjectNode()
                .put("group", "networking.istio.io")
                .put("kind", "VirtualService")
                .put("namespace", "shop")
                .put("name", "back")
                .put("version", opened.path("version").asString())
                .put("text", text);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder ours(String path) {
        return request(path).header("content-type", "application/json").header("x-lateen-operator", "test");
    }

    private HttpResponse<String> send(HttpRequest.Builder request, JsonNode body) throws Exception {
        return client.send(
                request.POST(BodyPublishers.ofString(body.toString())).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + running.orElseThrow().debugPort() + "/dashboard/api/" + path))
                .timeout(Duration.ofSeconds(20));
    }
}
