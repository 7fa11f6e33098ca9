package dev.lateen.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Sends the demo's requests. Thread: any.
final class Client {
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(20);

    private final HttpClient http;

    private Client(HttpClient http) {
        this.http = http;
    }

    /// @param source the address to come from; empty for any
    static Client from(Optional<InetAddress> source) {
        // The gateway is reached by its address and chooses by the host.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LONGEST_CONNECT);
        source.ifPresent(builder::localAddress);
        return new Client(builder.build());
    }

    /// What came back.
    ///
    /// @param status 0 where there was no answer, and then `body` says why
    /// @param version of the user-service that answered
    /// @param route the mark of the routes that led there
    /// @param trace the trace that the user-service was asked in
    record Answer(int status, String version, String route, String trace, String body, Duration took) {
        boolean ok() {
            return status == 200;
        }
    }

    Answer get(String url, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(LONGEST);
        headers.forEach(request::header);
        long start = System.nanoTime();
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("x-version").orElse(""),
                    response.headers().firstValue(Manifest.MARK).orElse(""),
                    response.headers().firstValue("x-trace").orElse(""),
                    response.body(),
                    Duration.ofNanos(System.nanoTime() - start));
        } catch (IOException failure) {
            return failed(failure.toString(), start);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return failed("interrupted", start);
        }
    }

    private static Answer failed(String reason, long start) {
        return new Answer(0, "", "", "", reason, Duration.ofNanos(System.nanoTime() - start));
    }
}
