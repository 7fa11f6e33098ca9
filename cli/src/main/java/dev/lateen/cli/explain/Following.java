package dev.lateen.cli.explain;

import dev.lateen.cli.mesh.PodProxy;
import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Reads what proxies note as it comes, each thing once.
///
/// Thread: one; blocks.
public final class Following {
    private static final int LIMIT = 1000;

    private final List<PodProxy> proxies;
    private final MeshDecisions.Admin admin;
    private final Map<String, String> cursors = new HashMap<>();
    private final Set<String> silent = new HashSet<>();

    public Following(List<PodProxy> proxies, MeshDecisions.Admin admin) {
        this.proxies = List.copyOf(proxies);
        this.admin = admin;
    }

    /// Something that a proxy noted, as it gave it.
    public record Item(String proxy, JsonNode json) {}

    /// @param items in the order in which they began
    /// @param lost how many were gone before they could be read
    public record Batch(List<Item> items, long lost) {}

    /// What has come since the last call; at the first one all that is kept.
    ///
    /// @param query of `/decisions`
    /// @throws IOException with the answer, where no proxy takes the question
    public Batch next(String query) throws IOException {
        List<Item> items = new ArrayList<>();
        long lost = 0;
        IOException last = new IOException("no proxy runs here that keeps decisions");
        boolean answered = false;
        for (PodProxy proxy : proxies) {
            String after = cursors.getOrDefault(proxy.name(), "");
            try {
                JsonNode answer = Json.read(admin.decisions(
                        proxy,
                        "limit=" + LIMIT + (after.isEmpty() ? "" : "&after=" + after)
                                + (query.isEmpty() ? "" : "&" + query)));
                cursors.put(proxy.name(), Json.text(answer, "next"));
                lost += answer.path("lost").asLong(0);
                Json.items(answer, "decisions").forEach(one -> items.add(new Item(proxy.name(), one)));
                answered = true;
            } catch (IOException failure) {
                last = failure;
                silent.add(proxy.name());
            } catch (JacksonException failure) {
                last = new IOException(failure);
                silent.add(proxy.name());
            }
        }
        if (!answered) {
            throw last;
        }
        items.sort(
                Comparator.comparingLong(item -> item.json().path("startMillis").asLong(0)));
        return new Batch(List.copyOf(items), lost);
    }

    /// Those that could not tell at some time, such as Envoys without our agent.
    public Set<String> silent() {
        return Set.copyOf(silent);
    }
}
