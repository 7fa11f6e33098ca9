package dev.lateen.cli;

import dev.lateen.local.agent.Agent;
import dev.lateen.local.agent.AgentOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Does what every agent beside an Envoy does first, then ends: starts Envoy, which asks it for secrets, and
/// answers probes and scrapers. The build of images runs it once and has the JVM record what was loaded (its
/// AOT cache).
///
/// Usage: `AgentTraining DIRECTORY ENVOY`, in that directory: the agent's files go there.
///
/// Thread: main.
public final class AgentTraining {
    private static final String ADDRESS = "127.83.1.1";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private AgentTraining() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Agent agent = Agent.start(new AgentOptions(
                Path.of(arguments[1]),
                false,
                OptionalInt.of(1),
                "warning",
                "misc:error",
                Optional.empty(),
                Map.of(
                        "POD_NAME",
                        "training",
                        "POD_NAMESPACE",
                        "default",
                        "INSTANCE_IP",
                        ADDRESS,
                        "LATEEN_ADMIN_ADDRESS",
                        ADDRESS,
                        "TERMINATION_DRAIN_DURATION_SECONDS",
                        "0",
                        "PROXY_CONFIG",
                        "{discoveryAddress: \"127.0.0.1:1\"}"),
                Path.of(arguments[0])));
        boolean answered = await();
        agent.shutdown();
        System.exit(answered ? 0 : 1);
    }

    /// Without a control plane it never gets ready; that it says so is all that it has to do.
    private static boolean await() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (System.nanoTime() - end < 0) {
                Thread.sleep(PAUSE);
                try {
                    if (get(client, "/stats/prometheus").contains("envoy_server_state")
                            && get(client, "/healthz/ready").contains("control plane")) {
                        Thread.sleep(PAUSE.multipliedBy(10)); // Envoy asks for secrets meanwhile
                        return true;
                    }
                } catch (IOException _) {
                    // Not yet.
                }
            }
        }
        return false;
    }

    private static String get(HttpClient client, String path) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://" + ADDRESS + ":15020" + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
