package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.behaviour.Explained;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a running mesh says of the refusals that a test has provoked, held against what the test knows to be the cause.
///
/// @param control where its control plane answers questions, as `host:port`
/// @param manifests what the mesh was made from
record Refusals(String control, Path manifests) {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration SOON = Duration.ofSeconds(20);

    /// Fails where the last request of this path and status, asked for by its id, is not explained by this resource, at
    /// a
    /// line that holds these words.
    void check(int status, String path, String resource, String words) {
        await().atMost(SOON).untilAsserted(() -> {
            String id = last(status, path).path("id").asString("");
            assertThat(id).as("%d %s has an id", status, path).isNotEmpty();
            JsonNode refusal = refusing(ask("id=" + id), status, path);
            assertExplained(refusal, resource, words);
            Explained.note(
                    status + " " + refusal.path("cause").asString("") + " | " + resource + " | " + words,
                    Explained.IN_MESHES);
        });
    }

    private void assertExplained(JsonNode refusal, String resource, String words) throws IOException {
        JsonNode place = refusal.path("places").path(0);
        assertThat(refusal.path("cause").asString("")).as("%s", refusal).isNotEmpty();
        assertThat(refusal.path("change").asString("")).as("%s", refusal).isNotEmpty();
        assertThat(place.path("resource").asString("")).as("%s", refusal).isEqualTo(resource);
        assertThat(text(place.path("line").asString(""))).as("%s", refusal).contains(words);
    }

    private JsonNode last(int status, String path) {
        return refusing(
                ask("status=" + status + "&path=" + URLEncoder.encode(path, StandardCharsets.UTF_8)), status, path);
    }

    /// The hop that refused rather than those that passed its answer on.
    private static JsonNode refusing(JsonNode answer, int status, String path) {
        List<JsonNode> fitting = answer.path("decisions")
                .valueStream()
                .filter(one -> one.path("path").asString("").equals(path)
                        && one.path("status").asInt(0) == status)
                .toList();
        assertThat(fitting).as("%d %s: %s", status, path, answer).isNotEmpty();
        return fitting.stream()
                .filter(one -> !one.path("details").asString("").equals("via_upstream"))
                .findFirst()
                .orElse(fitting.getFirst());
    }

    private JsonNode ask(String query) {
        try {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://" + control + "/dashboard/api/explain?" + query))
                    .build();
            HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return JSON.readTree(answer.body());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(interrupted));
        }
    }

    /// What stands at `FILE:LINE`.
    private String text(String place) throws IOException {
        int colon = place.lastIndexOf(':');
        assertThat(colon).as("a place: '%s'", place).isPositive();
        Path named = Path.of(place.substring(0, colon)).getFileName();
        try (Stream<Path> files = Files.walk(manifests)) {
            Path file = files.filter(one -> one.getFileName().equals(named))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no such file: " + place));
            return Files.readAllLines(file).get(Integer.parseInt(place.substring(colon + 1)) - 1);
        }
    }
}
