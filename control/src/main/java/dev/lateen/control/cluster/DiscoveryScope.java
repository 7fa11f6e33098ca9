package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.tree.Trees;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Which of a cluster's objects a control plane goes by: those of the namespaces that the mesh's `discoverySelectors`
/// choose, and of the mesh's own resources those that no other revision is named for (label `istio.io/rev`). What is
/// left out is forgotten but for its namespace: when labels or settings change so that it counts, it has to be listed.
///
/// Thread: one at a time.
final class DiscoveryScope {
    private static final String REVISION = "istio.io/rev";

    private final ClusterFacts facts;
    /// By namespace, what passed, and the revision that it names.
    private final Map<String, Map<Name, String>> passed = new HashMap<>();

    private final Set<String> leftOut = new HashSet<>();
    /// Resources of other revisions.
    private final Map<Name, String> others = new HashMap<>();

    private long settled;

    private record Name(String kind, String namespace, String name) {
        static Name of(ClusterEvent event) {
            return new Name(event.kind(), event.namespace(), event.name());
        }

        ClusterEvent gone() {
            return new ClusterEvent.Gone(kind, namespace, name);
        }
    }

    /// @param facts that know already what the events say of namespaces, settings and tags
    DiscoveryScope(ClusterFacts facts) {
        this.facts = facts;
        this.settled = facts.scope();
    }

    /// What of the events is for this control plane; what no longer is, as gone.
    List<ClusterEvent> pass(List<ClusterEvent> events) {
        List<ClusterEvent> passing = new ArrayList<>(events.size());
        for (ClusterEvent event : events) {
            if (event.namespace().isEmpty() || facts.isMeshSettings(event)) {
                passing.add(event);
            } else {
                pass(event, passing);
            }
        }
        return passing;
    }

    private void pass(ClusterEvent event, List<ClusterEvent> passing) {
        Name name = Name.of(event);
        switch (event) {
            case ClusterEvent.Gone _ -> {
                others.remove(name);
                forget(name, passing);
            }
            case ClusterEvent.Seen(var _, var namespace, var _, var object) -> {
                String revision = revision(object);
                if (!facts.serves(namespace)) {
                    leftOut.add(namespace);
                    forget(name, passing);
                } else if (!facts.isMine(revision)) {
                    others.put(name, revision);
                    forget(name, passing);
                } else {
                    others.remove(name);
                    passed.computeIfAbsent(namespace, _ -> new HashMap<>()).put(name, revision);
                    passing.add(event);
                }
            }
        }
    }

    private void forget(Name name, List<ClusterEvent> passing) {
        Map<Name, String> known = passed.getOrDefault(name.namespace(), Map.of());
        if (known.containsKey(name)) {
            known.remove(name);
            passing.add(name.gone());
        }
    }

    /// What is no longer for this control plane since namespaces, settings or tags have changed.
    List<ClusterEvent> left() {
        List<ClusterEvent> gone = new ArrayList<>();
        if (settled == facts.scope()) {
            return gone;
        }
        settled = facts.scope();
        for (Map.Entry<String, Map<Name, String>> one : passed.entrySet()) {
            boolean served = facts.serves(one.getKey());
            if (!served && !one.getValue().isEmpty()) {
                leftOut.add(one.getKey());
            }
            one.getValue().entrySet().removeIf(known -> {
                boolean mine = facts.isMine(known.getValue());
                if (served && !mine) {
                    others.put(known.getKey(), known.getValue());
                }
                if (!served || !mine) {
                    gone.add(known.getKey().gone());
                }
                return !served || !mine;
            });
        }
        passed.values().removeIf(Map::isEmpty);
        return gone;
    }

    /// Namespaces whose objects count now although they were left out, until they are `listed`.
    Set<String> missing() {
        Set<String> missing = new HashSet<>();
        leftOut.stream().filter(facts::serves).forEach(missing::add);
        others.forEach((name, revision) -> {
            if (facts.isMine(revision) && facts.serves(name.namespace())) {
                missing.add(name.namespace());
            }
        });
        return missing;
    }

    /// What there is in a namespace is known now.
    List<ClusterEvent> listed(String namespace, List<ClusterEvent> objects) {
        leftOut.remove(namespace);
        others.keySet().removeIf(name -> name.namespace().equals(namespace));
        return pass(objects);
    }

    /// Labels of pods and Services are about their own proxies, and an Ingress has a class instead.
    private static String revision(ObjectNode object) {
        String apiVersion = Trees.text(object, "apiVersion");
        return MeshKinds.isClustersOwn(apiVersion) ? "" : Trees.text(object, "metadata", "labels", REVISION);
    }
}
