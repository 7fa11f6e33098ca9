package dev.lateen.model.analyze;

import dev.lateen.model.validate.IpAddresses;
import dev.lateen.model.validate.View;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Looks at the webhooks of control planes: whether a pod is injected once, and whether anybody answers. Thread: any.
final class WebhookChecks {
    static final String GROUP = "admissionregistration.k8s.io";
    static final String MUTATING = "MutatingWebhookConfiguration";
    static final String VALIDATING = "ValidatingWebhookConfiguration";

    private static final String REVISION = "istio.io/rev";

    private record Hook(Item configuration, View view) {
        String name() {
            return configuration.name() + "/" + view.text("name");
        }

        boolean selects(Map<String, String> namespace, Map<String, String> object) {
            return Labels.selects(view.object("namespaceSelector"), namespace)
                    && Labels.selects(view.object("objectSelector"), object);
        }
    }

    private record Overlap(Hook hook, Set<String> others) {}

    private WebhookChecks() {}

    static void injectors(MeshContents mesh, Messages messages) {
        List<Hook> hooks = new ArrayList<>();
        Set<String> revisions = new TreeSet<>();
        for (Item configuration : mesh.of(GROUP, MUTATING)) {
            List<View> own = configuration.root().objects("webhooks");
            Set<String> found = revisions(configuration, own);
            if (!found.isEmpty()
                    || own.stream().anyMatch(hook -> hook.text("name").endsWith("istio.io"))) {
                own.forEach(hook -> hooks.add(new Hook(configuration, hook)));
                revisions.addAll(found);
            }
        }
        overlaps(hooks, revisions, messages);
        for (Hook hook : hooks) {
            hook.view()
                    .object("clientConfig")
                    .flatMap(client -> client.object("service"))
                    .ifPresent(service -> {
                        String full = Item.fullName(service.text("namespace"), service.text("name"));
                        if (mesh.find("", "Service", service.text("namespace"), service.text("name"))
                                .isEmpty()) {
                            messages.add(
                                    MessageType.INVALID_WEBHOOK,
                                    hook.configuration(),
                                    service.spot("name"),
                                    "Injector refers to a control plane service that does not exist: " + full + ".");
                        }
                    });
        }
    }

    private static Set<String> revisions(Item configuration, List<View> hooks) {
        Set<String> found = new TreeSet<>();
        Optional.ofNullable(configuration.labels().get(REVISION)).ifPresent(found::add);
        for (View hook : hooks) {
            for (String field : List.of("namespaceSelector", "objectSelector")) {
                hook.object(field).ifPresent(selector -> {
                    Optional.ofNullable(Labels.of(selector, "matchLabels").get(REVISION))
                            .ifPresent(found::add);
                    selector.objects("matchExpressions").stream()
                            .filter(expression -> expression.text("key").equals(REVISION))
                            .forEach(expression -> found.addAll(Hosts.texts(expression, "values")));
                });
            }
        }
        return found;
    }

    /// Tries each way in which namespaces and pods may be labelled: one webhook at most may take a pod.
    private static void overlaps(List<Hook> hooks, Set<String> revisions, Messages messages) {
        Map<String, Overlap> overlaps = new LinkedHashMap<>();
        for (Map<String, String> namespace : labels("istio-injection", List.of("enabled", "disabled"), revisions)) {
            for (Map<String, String> pod : labels("sidecar.istio.io/inject", List.of("true", "false"), revisions)) {
                List<Hook> taking = hooks.stream()
                        .filter(hook -> hook.selects(namespace, pod))
                        .toList();
                for (Hook hook : taking) {
                    for (Hook other : taking) {
                        if (!other.name().equals(hook.name())) {
                            overlaps.computeIfAbsent(hook.name(), name -> new Overlap(hook, new TreeSet<>()))
                                    .others()
                                    .add(other.name());
                        }
                    }
                }
            }
        }
        overlaps.values()
                .forEach(overlap -> messages.add(
                        MessageType.INVALID_WEBHOOK,
                        overlap.hook().configuration(),
                        overlap.hook().view().spot("name"),
                        "Webhook overlaps with others: " + Messages.list(overlap.others())
                                + ". This may cause injection to occur twice."));
    }

    private static List<Map<String, String>> labels(String name, List<String> values, Set<String> revisions) {
        List<Map<String, String>> plain = new ArrayList<>(List.of(Map.of()));
        values.forEach(value -> plain.add(Map.of(name, value)));
        List<Map<String, String>> all = new ArrayList<>(plain);
        for (String revision : revisions) {
            for (Map<String, String> labels : plain) {
                Map<String, String> both = new HashMap<>(labels);
                both.put(REVISION, revision);
                all.add(both);
            }
        }
        return all;
    }

    /// Webhooks of a control plane that lives elsewhere are reached by an address.
    static void externalControlPlane(MeshContents mesh, Messages messages) {
        for (String kind : List.of(VALIDATING, MUTATING)) {
            for (Item configuration : mesh.of(GROUP, kind)) {
                for (View hook : configuration.root().objects("webhooks")) {
                    boolean ours = hook.text("name").endsWith("istio.io");
                    Optional<View> client = hook.object("clientConfig");
                    if (ours && client.isPresent() && !client.get().has("service")) {
                        address(configuration, hook, client.get(), messages);
                    }
                }
            }
        }
    }

    private static void address(Item configuration, View hook, View client, Messages messages) {
        String url = client.text("url");
        String host = hostOf(url);
        String fault = url.isEmpty() || host.isEmpty() ? "is blank" : "";
        if (!fault.isEmpty()) {
            messages.add(
                    MessageType.INVALID_EXTERNAL_CONTROL_PLANE,
                    configuration,
                    client.spot("url"),
                    host,
                    hook.text("name"),
                    fault);
        } else if (IpAddresses.isAddress(host)) {
            messages.add(
                    MessageType.EXTERNAL_CONTROL_PLANE_BY_ADDRESS,
                    configuration,
                    client.spot("url"),
                    url,
                    hook.text("name"));
        }
    }

    private static String hostOf(String url) {
        try {
            return Optional.ofNullable(new URI(url).getHost()).orElse("");
        } catch (URISyntaxException _) {
            return "";
        }
    }
}
