package dev.lateen.proxy.admin;

import dev.lateen.proxy.telemetry.Exposition;
import dev.lateen.proxy.telemetry.ExpositionCheck;
import dev.lateen.proxy.telemetry.MessagesCheck;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Fetches the application's metrics.
///
/// Limits: 10 MiB, as Istio's agent has it; three redirects, within the application; the caller's time for all of it.
///
/// Differs: what a collector could not read is left out.
///
/// Thread: any; blocks.
final class AppScrape {
    static final int MAX_BYTES = 10 << 20;
    private static final int MAX_REDIRECTS = 3;

    sealed interface Outcome {}

    /// @param samples may stand among others of the format
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Taken(Exposition format, byte[] samples) implements Outcome {}

    record Failed(String reason) implements Outcome {}

    private final URI uri;
    private final String accept;
    private final Duration timeout;
    private volatile Optional<HttpURLConnection> open = Optional.empty();

    private AppScrape(URI uri, String accept, Duration timeout) {
        this.uri = uri;
        this.accept = accept;
        this.timeout = timeout;
    }

    /// @param wanted the richest format that is understood
    static Outcome of(URI uri, Exposition wanted, Duration timeout) {
        String accept = switch (wanted) {
            case OPEN_METRICS -> "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
            case PROTOBUF ->
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
                        + "application/openmetrics-text;version=1.0.0;q=0.7,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
            case TEXT -> "text/plain;version=0.0.4,*/*;q=0.1";
        };
        return new AppScrape(uri, accept, timeout).run();
    }

    /// Time limits of connections hold for single reads only: what comes drop by drop is cut from outside.
    private Outcome run() {
        FutureTask<Outcome> task = new FutureTask<>(this::fetch);
        Thread.ofVirtual().name("scrape").start(task);
        try {
            return task.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            open.ifPresent(HttpURLConnection::disconnect);
            return new Failed("no answer within " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            return new Failed(String.valueOf(e.getCause()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Failed("interrupted");
        }
    }

    private Outcome fetch() {
        URI at = uri;
        try {
            for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
                HttpURLConnection connection = ask(at);
                int status = connection.getResponseCode();
                if (status / 100 != 3) {
                    return status == 200 ? read(connection) : new Failed("status " + status);
                }
                URI target = at.resolve(String.valueOf(connection.getHeaderField("location")));
                connection.disconnect();
                if (!String.valueOf(target.getAuthority()).equals(at.getAuthority())
                        || !String.valueOf(target.getScheme()).equals("http")) {
                    return new Failed("leads to " + target + " (expected: the application itself)");
                }
                at = target;
            }
            return new Failed("leads from one place to the next");
        } catch (IOException | IllegalArgumentException e) {
            return new Failed(String.valueOf(e.getMessage()));
        }
    }

    private HttpURLConnection ask(URI at) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) at.toURL().openConnection(Proxy.NO_PROXY);
        open = Optional.of(connection);
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout((int) timeout.toMillis());
        connection.setReadTimeout((int) timeout.toMillis());
        connection.setRequestProperty("accept", accept);
        connection.setRequestProperty("user-agent", "lateen");
        connection.setRequestProperty(
                "x-prometheus-scrape-timeout-seconds", Double.toString(timeout.toMillis() / 1000.0));
        return connection;
    }

    private static Outcome read(HttpURLConnection connection) throws IOException {
        Optional<Exposition> format = format(connection.getContentType());
        if (format.isEmpty()) {
            return new Failed("content type '" + connection.getContentType() + "' (expected: text/plain or "
                    + "application/openmetrics-text)");
        }
        byte[] bytes;
        try (InputStream in = connection.getInputStream()) {
            bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                connection.disconnect();
                return new Failed("more than " + (MAX_BYTES >> 20) + " MiB");
            }
        }
        if (format.get() == Exposition.PROTOBUF) {
            Optional<String> problem = MessagesCheck.problem(bytes);
            return problem.isPresent() ? new Failed(problem.get()) : new Taken(format.get(), bytes);
        }
        String page = new String(bytes, StandardCharsets.UTF_8);
        Optional<String> problem = ExpositionCheck.problem(page, format.get());
        return problem.isPresent()
                ? new Failed(problem.get())
                : new Taken(
                        format.get(),
                        ExpositionCheck.samples(page, format.get()).getBytes(StandardCharsets.UTF_8));
    }

    /// Applications that do not say what they send are taken to send text.
    private static Optional<Exposition> format(@Nullable String contentType) {
        return contentType == null || contentType.isEmpty()
                ? Optional.of(Exposition.TEXT)
                : Exposition.ofContentType(contentType);
    }
}
