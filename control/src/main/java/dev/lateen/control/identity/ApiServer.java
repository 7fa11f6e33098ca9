package dev.lateen.control.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A Kubernetes API server, as far as identities need it: JSON over HTTPS with a bearer token. Both files are read
/// anew, since the kubelet replaces them.
///
/// Limits: answers of 1 MiB within 10 s; no redirects.
///
/// Thread: any; blocks.
public final class ApiServer {
    private static final int MOST_BYTES = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final JsonMapper JSON = new JsonMapper();

    private final URI server;
    private final Path authority;
    private final Path token;
    private byte[] knownAuthority = new byte[0];
    private @Nullable HttpClient client;

    /// @param authority file with the certificates that vouch for the server
    /// @param token file with our own token
    ///
    /// Errors: `IllegalArgumentException` unless the address is one of HTTPS.
    public ApiServer(URI server, Path authority, Path token) {
        if (!"https".equals(server.getScheme()) || server.getHost() == null) {
            throw new IllegalArgumentException("API server: '" + server + "' (expected: https://HOST:PORT)");
        }
        this.server = server;
        this.authority = authority;
        this.token = token;
    }

    /// @param status of HTTP
    record Answer(int status, JsonNode body) {
        boolean good() {
            return status >= 200 && status < 300;
        }

        /// What Kubernetes says about a failure.
        String message() {
            return "HTTP " + status + ": " + body.path("message").asString("");
        }
    }

    /// @param body for POST and PUT; otherwise not sent
    ///
    /// Errors: `IOException` where there is no answer in JSON.
    Answer send(String method, String path, @Nullable JsonNode body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .timeout(PATIENCE)
                .header("authorization", "Bearer " + Files.readString(token).strip())
                .header("content-type", "application/json")
                .header("accept", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        try {
            HttpResponse<InputStream> answer = client().send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = answer.body()) {
                byte[] bytes = in.readNBytes(MOST_BYTES + 1);
                if (bytes.length > MOST_BYTES) {
                    throw new IOException("API server: an answer of more than 1 MiB");
                }
                return new Answer(answer.statusCode(), JSON.readTree(bytes));
            }
        } catch (JacksonException e) {
            throw new IOException("API server: the answer is no JSON", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private synchronized HttpClient client() throws IOException {
        byte[] now = Files.readAllBytes(authority);
        HttpClient known = client;
        if (known == null || !Arrays.equals(now, knownAuthority)) {
            known = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(PATIENCE)
                    .sslContext(trusting(now))
                    .build();
            client = known;
            knownAuthority = now;
        }
        return known;
    }

    private SSLContext trusting(byte[] pem) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int index = 0;
            for (Certificate root :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
                store.setCertificateEntry("root-" + index++, root);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(authority + ": cannot be used: " + e.getMessage(), e);
        }
    }
}
