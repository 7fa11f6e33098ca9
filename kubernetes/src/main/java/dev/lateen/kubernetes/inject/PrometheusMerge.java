package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.tree.Trees;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Leads scrapers to the agent's port, which serves the application's metrics and the proxy's on one page. Where the
/// application's are is handed to the proxy in its environment.
final class PrometheusMerge {
    private static final String SCRAPE = "prometheus.io/scrape";
    private static final String PORT = "prometheus.io/port";
    private static final String PATH = "prometheus.io/path";
    private static final String MERGED_PATH = "/stats/prometheus";

    private PrometheusMerge() {}

    static void apply(ObjectNode pod, InjectionSettings settings) {
        ObjectNode annotations = Trees.into(pod, "metadata", "annotations");
        if (!isEnabled(annotations, settings) || !wantsScraping(annotations)) {
            return;
        }
        strip(annotations, settings.statusPort());
        ObjectNode own = Trees.object(
                "scrape", set(annotations, SCRAPE), "path", set(annotations, PATH), "port", set(annotations, PORT));
        if (!own.isEmpty()) {
            ObjectNode all = Trees.object("scrape", "", "path", "", "port", "");
            all.setAll(own);
            PodSubject.proxy(pod)
                    .ifPresent(proxy -> Trees.list(proxy, "env")
                            .add(Trees.object("name", "ISTIO_PROMETHEUS_ANNOTATIONS", "value", all.toString())));
        }
        annotations.put(PORT, String.valueOf(settings.statusPort()));
        annotations.put(PATH, MERGED_PATH);
        annotations.put(SCRAPE, "true");
    }

    /// Takes away what an earlier injection has written.
    static void strip(ObjectNode annotations, int statusPort) {
        if (Trees.text(annotations, PORT).equals(String.valueOf(statusPort))) {
            annotations.remove(PORT);
            annotations.remove(PATH);
            annotations.remove(SCRAPE);
        }
    }

    private static boolean isEnabled(ObjectNode annotations, InjectionSettings settings) {
        String own = Trees.text(annotations, Names.MERGE_METRICS);
        String mesh = Trees.text(settings.mesh(), "enablePrometheusMerge");
        return own.isEmpty() ? !mesh.equals("false") : own.equals("true");
    }

    /// Some tools read the name with a dot for the slash: a pod that says no in either form stays as it is.
    private static boolean wantsScraping(ObjectNode annotations) {
        return annotations.properties().stream()
                .noneMatch(one -> one.getKey().replace('/', '.').equals(SCRAPE.replace('/', '.'))
                        && one.getValue().asString("").equals("false"));
    }

    private static Optional<String> set(ObjectNode annotations, String name) {
        return Optional.of(Trees.text(annotations, name)).filter(text -> !text.isEmpty());
    }
}
