package dev.lateen.control.dashboard;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks a server that others run beside the mesh, and that answers in JSON.
///
/// Limits: 16 MiB of an answer, 10 s.
///
/// Errors: `IOException` that names the address.
///
/// Thread: any that may block.
///
/// @param address such as `http://zipkin:9411`
/// @param name of what is expected there
record JsonApi(URI address, String name) {
    static final int MOST_BYTES = 16 << 20;
    private static final MetricsPage PAGE = new MetricsPage(MOST_BYTES, Duration.ofSeconds(5));
    private static final JsonMapper JSON = new JsonMapper();

    /// @param path with its query
    JsonNode ask(String path) throws IOException {
        String base = address.toString().replaceFirst("/+$", "");
        try {
            String answer = PAGE.read(URI.create(base + path))
                    .orElseThrow(() -> new IOException(base + " does not answer as " + name + " does"));
            return JSON.readTree(answer);
        } catch (JacksonException _) {
            throw new IOException(base + " does not answer in JSON, or with more than " + MOST_BYTES + " bytes");
        } catch (IOException failure) {
            String reason = String.valueOf(failure.getMessage());
            throw reason.startsWith(base) ? failure : new IOException(base + ": " + reason, failure);
        }
    }
}
