package dev.lateen.e2e.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a mesh's dashboard says of the proxy of a workload. Thread: any; blocks.
record AskedDashboard(RunningMesh mesh) {
    private static final JsonMapper JSON = new JsonMapper();

    /// That the proxy itself has told its certificates, and does as it is told of its log.
    void asksTheProxyOf(String workload, String account) throws IOException, InterruptedException {
        String name = certificatesOf(workload, account);
        JsonNode state = get("proxy?name=" + name);
        assertThat(state.path("loggers").isEmpty()).as(state.toString()).isFalse();
        for (String level : new String[] {"debug", "warning"}) {
            JsonNode changed = setLevel(name, level);
            assertThat(changed.path("loggers").valueStream().map(JsonNode::asString))
                    .as(changed.toString())
                    .isNotEmpty()
                    .containsOnly(level);
        }
    }

    /// That the proxy itself has told its certificates.
    ///
    /// @return its name
    private String certificatesOf(String workload, String account) throws IOException, InterruptedException {
        String name = "";
        for (JsonNode proxy : get("debug/syncz")) {
            String one = proxy.path("proxy").asString("");
            name = one.startsWith(workload + "-") ? one : name;
        }
        assertThat(name).isNotEmpty();
        JsonNode state = get("proxy?name=" + name);
        assertThat(state.path("held").asBoolean()).as(state.toString()).isTrue();
        assertThat(state.path("secrets").findValuesAsString("name")).contains("default", "ROOTCA");
        assertThat(state.path("secrets").findValuesAsString("subject"))
                .contains("spiffe://cluster.local/ns/default/sa/" + account);
        assertThat(state.toString()).doesNotContain("PRIVATE", "redacted", "W3JlZGFjdGVkXQ");
        return name;
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    private JsonNode setLevel(String proxy, String level) throws IOException, InterruptedException {
        String asked =
                JSON.createObjectNode().put("proxy", proxy).put("level", level).toString();
        return send(request("log-level")
                .header("content-type", "application/json")
                .header("x-lateen-operator", "test")
                .POST(HttpRequest.BodyPublishers.ofString(asked)));
    }

    private HttpRequest.Builder request(String path) throws IOException {
        return HttpRequest.newBuilder(URI.create("http://" + mesh.debugAddress() + "/dashboard/api/" + path));
    }

    private static JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return JSON.readTree(answer.body());
        }
    }
}
