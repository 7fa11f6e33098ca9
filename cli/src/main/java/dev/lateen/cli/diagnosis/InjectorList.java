package dev.lateen.cli.diagnosis;

import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import dev.lateen.cli.output.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Which namespaces get sidecars from whom. Thread: any.
public record InjectorList(List<Namespace> namespaces, List<Hook> hooks) {
    private static final String LABEL = "istio-injection";
    private static final String REVISION = "istio.io/rev";

    /// One namespace that has to do with the mesh.
    ///
    /// @param revision that its pods get; `-` where none injects there
    /// @param podRevisions of the sidecars that are there
    /// @param reason what its labels say
    public record Namespace(
            String name, String revision, List<String> podRevisions, int sidecars, int pods, String reason) {}

    /// One webhook.
    public record Hook(String configuration, String revision, String tag, String service, boolean trusted) {}

    /// @param namespace only this one; empty for all
    public static InjectorList of(
            List<? extends JsonNode> namespaces, List<PodFacts> pods, List<Injector> injectors, String namespace) {
        List<Namespace> rows = new ArrayList<>();
        for (JsonNode one : namespaces) {
            String name = Json.text(one, "metadata", "name");
            if (namespace.isEmpty() || namespace.equals(name)) {
                Namespace row = row(one, name, pods, Injector.revisions(injectors));
                if (row.sidecars() > 0 || !row.reason().isEmpty() || name.equals(namespace)) {
                    rows.add(row);
                }
            }
        }
        List<Hook> hooks = injectors.stream()
                .map(one -> new Hook(one.configuration(), one.revision(), one.tag(), one.service(), one.trusted()))
                .distinct()
                .toList();
        return new InjectorList(List.copyOf(rows), hooks);
    }

    private static Namespace row(JsonNode namespace, String name, List<PodFacts> pods, Set<String> served) {
        List<PodFacts> mine = pods.stream()
                .filter(pod -> pod.namespace().equals(name) && pod.running())
                .toList();
        List<PodFacts> meshed =
                mine.stream().filter(pod -> pod.sidecar().isPresent()).toList();
        Set<String> revisions = meshed.stream()
                .map(pod -> pod.labels().getOrDefault(REVISION, "default"))
                .collect(Collectors.toCollection(TreeSet::new));
        JsonNode labels = Json.at(namespace, "metadata", "labels");
        String injection = Json.text(labels, LABEL);
        String named = Json.text(labels, REVISION);
        String wanted = injection.equals("enabled") ? "default" : injection.isEmpty() ? named : "";
        String reason = !injection.isEmpty() ? LABEL + "=" + injection : named.isEmpty() ? "" : REVISION + "=" + named;
        boolean unserved = !wanted.isEmpty() && !served.contains(wanted);
        return new Namespace(
                name,
                wanted.isEmpty() || unserved ? "-" : wanted,
                List.copyOf(revisions),
                meshed.size(),
                mine.size(),
                unserved ? reason + ", which no webhook serves" : reason);
    }

    /// Two tables.
    public String table() {
        Table spaces = new Table(3, "NAMESPACE", "REVISION", "POD REVISIONS", "SIDECARS", "LABEL");
        for (Namespace one : namespaces) {
            spaces.row(
                    one.name(),
                    one.revision(),
                    one.podRevisions().isEmpty() ? "-" : String.join(",", one.podRevisions()),
                    one.sidecars() + "/" + one.pods(),
                    one.reason().isEmpty() ? "-" : one.reason());
        }
        Table injectors = new Table(3, "INJECTOR-HOOK", "REVISION", "TAG", "SERVICE", "CA BUNDLE");
        for (Hook one : hooks) {
            injectors.row(
                    one.configuration(),
                    one.revision(),
                    one.tag().isEmpty() ? "-" : one.tag(),
                    one.service(),
                    one.trusted() ? "yes" : "missing");
        }
        return (namespaces.isEmpty()
                        ? "no namespace has a label for sidecars, and no pod has one\n"
                        : spaces.toString())
                + "\n"
                + (hooks.isEmpty() ? "no webhook injects: lateen install makes one\n" : injectors.toString());
    }
}
