package dev.lateen.cli.demo;

import dev.lateen.cli.demo.Client.Answer;
import dev.lateen.local.Mesh;
import dev.lateen.local.Mesh.PodView;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Talks to the shop's applications past their proxies, as a probe does. Thread: any.
final class Pods {
    private static final int PORT = 8080;

    private final Mesh mesh;

    Pods(Mesh mesh) {
        this.mesh = mesh;
    }

    /// The pods whose workload's name starts so.
    List<PodView> of(String workload) {
        return mesh.podViews().stream()
                .filter(pod -> pod.workload().startsWith(workload))
                .toList();
    }

    /// Sets a switch of an application.
    void control(PodView pod, String query) {
        Answer answer = ask(pod, "/control?" + query);
        if (!answer.ok()) {
            throw new IllegalStateException(pod.name() + " does not take " + query + ": " + answer);
        }
    }

    /// What an application of the user service answers by itself.
    Answer users(PodView pod) {
        return ask(pod, "/api/users");
    }

    /// How many requests with a key the pods of a workload have seen together.
    int seen(String workload, String key) {
        Pattern count = Pattern.compile("\"" + Pattern.quote(key) + "\":(\\d+)");
        int all = 0;
        for (PodView pod : of(workload)) {
            Matcher found = count.matcher(ask(pod, "/control").body());
            all += found.find() ? Integer.parseInt(found.group(1)) : 0;
        }
        return all;
    }

    private static Answer ask(PodView pod, String path) {
        String address = pod.place().applicationHost() + ":" + pod.place().realPort(PORT);
        return Client.from(pod.place().probeSource()).get("http://" + address + path, Map.of());
    }
}
