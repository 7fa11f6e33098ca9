package dev.lateen.control.keys;

import dev.lateen.model.istio.RequestAuthentication.KeyAddress;
import dev.lateen.translate.KeySets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Fetches sets of keys over HTTP. Certificates of issuers must be good to the JDK's trust store.
///
/// Limits: eight at once; an answer of 1 MiB that comes within the address's patience; redirects, never from HTTPS to
/// HTTP.
///
/// Thread: any that may block.
final class KeyFetcher implements AutoCloseable {
    private static final int AT_ONCE = 8;
    private static final int MOST_BYTES = 1 << 20;
    private static final String DISCOVERY = "/.well-known/openid-configuration";
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore turns = new Semaphore(AT_ONCE);

    /// A set with at least one usable key, as JSON.
    ///
    /// Errors: `IOException` that says what is wrong with the answer, or why there was none.
    String fetch(KeyAddress address) throws IOException, InterruptedException {
        turns.acquire();
        try {
            String uri = address.discovered() ? discover(address) : address.uri();
            String keys = get(uri, address.patience());
            if (!KeySets.holdKey(keys)) {
                throw new IOException(uri + ": the answer is no set of keys (expected: a JWK set with a public key)");
            }
            return keys;
        } finally {
            turns.release();
        }
    }

    private String discover(KeyAddress address) throws IOException, InterruptedException {
        String issuer = address.uri();
        String at = (issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer) + DISCOVERY;
        try {
            String found =
                    JSON.readTree(get(at, address.patience())).path("jwks_uri").asString("");
            if (!found.isEmpty()) {
                return found;
            }
        } catch (JacksonException _) {
            // The same advice holds.
        }
        throw new IOException(
                at + ": the answer does not say where the keys are (expected: a JSON object with jwks_uri)");
    }

    private String get(String uri, Duration patience) throws IOException, InterruptedException {
        Future<String> answer = readers.submit(() -> read(uri, patience));
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw new IOException(uri + ": no whole answer within " + patience.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw new IOException(uri + ": " + reason(e), e);
        } finally {
            answer.cancel(true);
        }
    }

    private static String reason(ExecutionException failure) {
        Throwable cause = failure.getCause();
        if (cause == null) {
            return "failed";
        }
        String message = cause.getMessage();
        // The JDK leaves out why it could not connect.
        return message == null || message.isEmpty() ? cause.getClass().getSimpleName() : message;
    }

    private String read(String uri, Duration patience) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address(uri))
                .timeout(patience)
                .header("accept", "application/json")
                .build();
        HttpResponse<InputStream> answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                throw new IOException("the answer has status " + answer.statusCode());
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(body.readNBytes(MOST_BYTES + 1));
            if (bytes.size() > MOST_BYTES) {
                throw new IOException("the answer is longer than 1 MiB");
            }
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    private static URI address(String uri) throws IOException {
        try {
            URI address = URI.create(uri);
            if ("http".equals(address.getScheme()) || "https".equals(address.getScheme())) {
                return address;
            }
        } catch (IllegalArgumentException _) {
            // The same advice holds.
        }
        throw new IOException("not a web address (expected: https://host/path)");
    }

    @Override
    public void close() {
        readers.shutdownNow();
        client.shutdownNow();
    }
}
