package dev.lateen.control.cluster;

import dev.lateen.kubernetes.cluster.ClusterEvent;
import dev.lateen.kubernetes.tree.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// What a cluster says in tests, and facts that have heard it.
final class ClusterEvents {
    final Set<String> refused = new TreeSet<>();
    final List<String> events = new ArrayList<>();
    final ClusterFacts facts;
    private final ClusterSettings settings;

    ClusterEvents(String revision) {
        settings = new ClusterSettings(Optional.empty(), "istio-system", revision);
        facts = new ClusterFacts(settings, new ClusterListener() {
            @Override
            public void settings(String name, boolean bad) {
                if (bad) {
                    refused.add(name);
                } else {
                    refused.remove(name);
                }
            }

            @Override
            public void event(String kind, Change change) {
                events.add(kind + " " + change);
            }

            @Override
            public void patched(String kind, String name, String failure) {
                throw new UnsupportedOperationException("facts patch nothing");
            }
        });
    }

    ClusterEvents namespace(String name, Map<String, String> labels) {
        facts.onEvent(seen("v1", "Namespace", "", name, labels, Trees.object()));
        return this;
    }

    ClusterEvents mesh(String yaml) {
        return settings("istio", Trees.object("mesh", yaml));
    }

    ClusterEvents injector(String values, String config) {
        return settings("istio-sidecar-injector", Trees.object("values", values, "config", config));
    }

    private ClusterEvents settings(String name, ObjectNode data) {
        facts.onEvent(
                seen("v1", "ConfigMap", "istio-system", settings.named(name), Map.of(), Trees.object("data", data)));
        return this;
    }

    /// The webhook of a tag, or of a revision itself where the tag is empty.
    ClusterEvents webhook(String tag, String revision) {
        String name = tag.isEmpty() ? "istio-sidecar-injector-" + revision : "istio-revision-tag-" + tag;
        ObjectNode service = Trees.object(
                "name", revision.equals("default") ? "istiod" : "istiod-" + revision, "namespace", "istio-system");
        ObjectNode webhook = Trees.object("name", "w", "clientConfig", Trees.object("service", service));
        Map<String, String> labels = tag.isEmpty()
                ? Map.of("istio.io/rev", revision)
                : Map.of("istio.io/rev", revision, "istio.io/tag", tag);
        facts.onEvent(seen(
                "admissionregistration.k8s.io/v1",
                "MutatingWebhookConfiguration",
                "",
                name,
                labels,
                Trees.object("webhooks", Trees.array(webhook))));
        return this;
    }

    static ClusterEvent service(String namespace, String name) {
        return seen("v1", "Service", namespace, name, Map.of(), Trees.object());
    }

    static ClusterEvent rule(String namespace, String name, Map<String, String> labels) {
        return seen("networking.istio.io/v1", "DestinationRule", namespace, name, labels, Trees.object());
    }

    static ClusterEvent gone(ClusterEvent event) {
        return new ClusterEvent.Gone(event.kind(), event.namespace(), event.name());
    }

    private static ClusterEvent.Seen seen(
            String apiVersion,
            String kind,
            String namespace,
            String name,
            Map<String, String> labels,
            ObjectNode more) {
        ObjectNode labelled = Trees.object();
        labels.forEach(labelled::put);
        ObjectNode metadata = Trees.object("name", name, "labels", labelled);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        ObjectNode object = Trees.object("apiVersion", apiVersion, "kind", kind, "metadata", metadata);
        object.setAll(more);
        return new ClusterEvent.Seen(kind, namespace, name, object);
    }
}
