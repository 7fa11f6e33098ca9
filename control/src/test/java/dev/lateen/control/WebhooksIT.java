package dev.lateen.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.control.ControlPlaneSettings.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The webhooks as an API server meets them: over TLS, trusting the mesh's authority.
class WebhooksIT {
    private static final String REVIEW = """
        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",
         "request":{"uid":"1","namespace":"shop","operation":"CREATE","object":%s}}
        """;

    @TempDir
    private Path directory = Path.of("");

    private ControlPlane controlPlane;
    private HttpClient client;

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        Path config = Files.createDirectories(directory.resolve("config"));
        controlPlane = ControlPlane.start(ControlPlaneSettings.of(List.of(config), directory.resolve("state"))
                .withPorts(Ports.FREE.withWebhook(0)));
        KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
        roots.load(null, null);
        for (X509Certificate root : controlPlane.authority().roots()) {
            roots.setCertificateEntry("root", root);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(roots);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        client = HttpClient.newBuilder().sslContext(tls).build();
    }

    @AfterEach
    void end() {
        client.close();
        controlPlane.close();
    }

    @Test
    void injectsPods() throws IOException, InterruptedException {
        HttpResponse<String> response =
                post("/inject", REVIEW.formatted("{\"metadata\":{},\"spec\":{\"containers\":[{\"name\":\"app\"}]}}"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("\"uid\":\"1\"", "\"allowed\":true", "\"patchType\":\"JSONPatch\"");
    }

    @Test
    void injectsWhatProxyConfigsOfTheMomentSay() throws IOException {
        Files.writeString(directory.resolve("config/proxies.yaml"), """
                apiVersion: networking.istio.io/v1beta1
                kind: ProxyConfig
                metadata: {name: user, namespace: shop}
                spec:
                  selector: {matchLabels: {app: user}}
                  concurrency: 3
                  environmentVariables: {COLOUR: blue}
                """);
        String pod = "{\"metadata\":{\"labels\":{\"app\":\"%s\"}},\"spec\":{\"containers\":[{\"name\":\"app\"}]}}";
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(patch(pod.formatted("user")))
                        .contains("\"name\":\"COLOUR\",\"value\":\"blue\"", "\\\"concurrency\\\":3"));
        assertThat(patch(pod.formatted("order"))).doesNotContain("COLOUR", "concurrency");
    }

    private String patch(String pod) throws IOException {
        try {
            String answer = post("/inject", REVIEW.formatted(pod)).body();
            String encoded = answer.replaceFirst(".*\"patch\":\"([^\"]*)\".*", "$1");
            return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    @Test
    void refusesBrokenResources() throws IOException, InterruptedException {
        HttpResponse<String> response = post(
                "/validate",
                REVIEW.formatted("{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"Gateway\","
                        + "\"metadata\":{\"name\":\"g\"},\"spec\":{\"serverz\":[]}}"));
        assertThat(response.body()).contains("\"allowed\":false", "serverz");
    }

    @Test
    void answersWhatIsNoReviewWithItsReason() throws IOException, InterruptedException {
        assertThat(post("/inject", "{}").statusCode()).isEqualTo(400);
        assertThat(post("/inject", "x".repeat(9 * 1024 * 1024)).statusCode()).isEqualTo(413);
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        URI address =
                URI.create("https://localhost:" + controlPlane.webhookPort().orElseThrow() + path);
        return client.send(
                HttpRequest.newBuilder(address)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }
}
