package dev.lateen.control.fetch;

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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/// Fetches texts over HTTP. Certificates of servers must be good to the JDK's trust store.
///
/// Limits: an answer of so many bytes, that comes whole within a time; redirects, never from HTTPS to HTTP.
///
/// Thread: any that may block.
public final class WebFetcher implements AutoCloseable {
    private final String accepted;
    private final int mostBytes;
    private final HttpClient client;
    private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();

    /// @param accepted media types that are asked for
    /// @param mostBytes of an answer
    public WebFetcher(String accepted, int mostBytes) {
        this.accepted = accepted;
        this.mostBytes = mostBytes;
        this.client = settings().build();
    }

    /// @param tls by whose trust store servers' certificates must be good
    public WebFetcher(String accepted, int mostBytes, SSLContext tls) {
        this.accepted = accepted;
        this.mostBytes = mostBytes;
        this.client = settings().sslContext(tls).build();
    }

    private static HttpClient.Builder settings() {
        return HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(10));
    }

    /// The text of an answer with status 200.
    ///
    /// Errors: `IOException` that says what is wrong with the answer, or why there was none.
    public String get(String uri, Duration patience) throws IOException, InterruptedException {
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
                .header("accept", accepted)
                .build();
        HttpResponse<InputStream> answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                throw new IOException("the answer has status " + answer.statusCode());
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(body.readNBytes(mostBytes + 1));
            if (bytes.size() > mostBytes) {
                throw new IOException("the answer is longer than " + (mostBytes >> 20) + " MiB");
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
