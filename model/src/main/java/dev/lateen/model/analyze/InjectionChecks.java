package dev.lateen.model.analyze;

import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Position;
import dev.lateen.model.validate.Spot;
import dev.lateen.model.validate.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Looks at which pods should have a sidecar, and which one they have. Thread: any.
final class InjectionChecks {
    private static final String INJECTION = "istio-injection";
    private static final String REVISION = "istio.io/rev";
    private static final String DATA_PLANE = "istio.io/dataplane-mode";
    private static final String INJECT = "sidecar.istio.io/inject";
    private static final String ENABLED = "enabled";
    private static final String INJECTOR = "istio-sidecar-injector";

    private InjectionChecks() {}

    static void namespaces(MeshContents mesh, Messages messages) {
        for (Item namespace : mesh.core("Namespace")) {
            String name = namespace.shortName();
            if (MeshContents.isSystem(name) || name.equals(mesh.rootNamespace())) {
                continue;
            }
            Map<String, String> labels = namespace.labels();
            String injection = labels.getOrDefault(INJECTION, "");
            boolean ambient = labels.getOrDefault(DATA_PLANE, "").equals("ambient");
            if (injection.isEmpty() && !labels.containsKey(REVISION) && !ambient) {
                notInjected(mesh, namespace, messages);
            } else {
                severalLabels(namespace, messages);
            }
        }
        for (Item pod : mesh.core("Pod")) {
            if (isInjected(mesh, pod.namespace())
                    && !wantsNone(pod)
                    && pod.proxies().isEmpty()) {
                messages.add(MessageType.POD_MISSING_PROXY, pod, pod.nameSpot(), pod.name());
            }
        }
    }

    private static void notInjected(MeshContents mesh, Item namespace, Messages messages) {
        if (injectsByDefault(mesh)) {
            messages.add(MessageType.NAMESPACE_INJECTED_BY_DEFAULT, namespace, namespace.nameSpot());
        } else {
            messages.add(MessageType.NAMESPACE_NOT_INJECTED, namespace, namespace.nameSpot(), namespace.shortName());
        }
    }

    /// Each of the labels decides by itself; one that says no leaves nothing to contradict.
    private static void severalLabels(Item namespace, Messages messages) {
        Map<String, String> labels = namespace.labels();
        String injection = labels.getOrDefault(INJECTION, "");
        if (!injection.isEmpty() && !injection.equals(ENABLED)) {
            return;
        }
        List<String> deciding = new ArrayList<>();
        for (String label : List.of(INJECTION, REVISION, DATA_PLANE)) {
            String value = labels.getOrDefault(label, "");
            if (!value.isEmpty() && !(label.equals(DATA_PLANE) && value.equals("none"))) {
                deciding.add(label + "=" + value);
            }
        }
        if (deciding.size() > 1) {
            messages.add(
                    MessageType.SEVERAL_INJECTION_LABELS, namespace, namespace.nameSpot(), Messages.list(deciding));
        }
    }

    /// Whether new pods of the namespace get a sidecar, and nothing contradicts it.
    private static boolean isInjected(MeshContents mesh, String namespace) {
        if (MeshContents.isSystem(namespace) || namespace.equals(mesh.rootNamespace())) {
            return false;
        }
        Map<String, String> labels = mesh.namespaceLabels(namespace).orElse(Map.of());
        boolean byLabel = labels.getOrDefault(INJECTION, "").equals(ENABLED);
        boolean byRevision = labels.containsKey(REVISION);
        boolean ambient = labels.getOrDefault(DATA_PLANE, "").equals("ambient");
        return !ambient && byLabel != byRevision && (byLabel || !labels.containsKey(INJECTION));
    }

    private static boolean wantsNone(Item pod) {
        String wish = pod.labels().getOrDefault(INJECT, pod.annotations().getOrDefault(INJECT, ""));
        return wish.equalsIgnoreCase("false") || pod.spec().flag("hostNetwork");
    }

    private static boolean injectsByDefault(MeshContents mesh) {
        return injectors(mesh).values().stream()
                .anyMatch(values -> values.object("sidecarInjectorWebhook", webhook -> webhook)
                        .map(webhook -> webhook.flag("enableNamespacesByDefault"))
                        .orElse(false));
    }

    /// The injectors' values by the name of their ConfigMap.
    private static Map<String, Fields> injectors(MeshContents mesh) {
        Map<String, Fields> injectors = new TreeMap<>();
        for (Item map : mesh.core("ConfigMap")) {
            if (map.shortName().startsWith(INJECTOR)) {
                EmbeddedYaml.of(map, "values").ifPresent(values -> injectors.put(map.shortName(), new Fields(values)));
            }
        }
        return injectors;
    }

    static void images(MeshContents mesh, Messages messages) {
        Map<String, Fields> injectors = injectors(mesh);
        Map<String, List<String>> outdated = new TreeMap<>();
        for (Item pod : mesh.core("Pod")) {
            Map<String, String> labels = mesh.namespaceLabels(pod.namespace()).orElse(Map.of());
            boolean injected = labels.containsKey(REVISION)
                    || labels.getOrDefault(INJECTION, "").equals(ENABLED);
            Fields values = injectors.get(injectorName(labels.getOrDefault(REVISION, "")));
            boolean own = pod.annotations().containsKey("sidecar.istio.io/proxyImage");
            if (!injected || own || values == null) {
                continue;
            }
            // A type is a wish for new pods: one that has the plain image of this version is not outdated.
            List<String> expected = List.of(image(values, ""), image(values, imageType(mesh, pod)));
            for (View proxy : pod.proxies()) {
                if (!expected.contains(proxy.text("image"))) {
                    outdated.computeIfAbsent(pod.namespace(), key -> new ArrayList<>())
                            .add(pod.shortName());
                }
            }
        }
        outdated.forEach((name, pods) -> mesh.find("", "Namespace", "", name)
                .ifPresent(namespace -> messages.add(
                        MessageType.PROXY_IMAGE_MISMATCH, namespace, namespace.nameSpot(), Messages.list(pods))));
    }

    private static String injectorName(String revision) {
        return revision.isEmpty() || revision.equals("default") ? INJECTOR : INJECTOR + "-" + revision;
    }

    private static String image(Fields values, String type) {
        Fields global = values.object("global", found -> found).orElse(new Fields(empty()));
        String image = global.object("proxy", proxy -> proxy.text("image", "")).orElse("");
        if (image.contains("/")) {
            return image;
        }
        String suffix = type.isEmpty() || type.equals("default") ? "" : "-" + type;
        return global.text("hub", "") + "/" + image + ":" + global.text("tag", "") + suffix;
    }

    /// The kind of image: the pod's own wish, then a ProxyConfig for it, then one of its namespace, then the mesh's.
    private static String imageType(MeshContents mesh, Item pod) {
        Map<String, String> byWeight = new HashMap<>();
        for (Item config : mesh.networking("ProxyConfig")) {
            Map<String, String> selector = Labels.of(config.spec().object("selector"), "matchLabels");
            String type = config.spec()
                    .object("image")
                    .map(image -> image.text("imageType"))
                    .orElse("");
            boolean near = config.namespace().equals(pod.namespace());
            if (type.isEmpty() || !Labels.match(selector, pod.labels())) {
                continue;
            }
            if (near) {
                byWeight.putIfAbsent(selector.isEmpty() ? "namespace" : "workload", type);
            } else if (config.namespace().equals(mesh.rootNamespace()) && selector.isEmpty()) {
                byWeight.putIfAbsent("root", type);
            }
        }
        return Optional.ofNullable(pod.annotations().get("sidecar.istio.io/proxyImageType"))
                .or(() -> List.of("workload", "namespace", "root").stream()
                        .filter(byWeight::containsKey)
                        .map(byWeight::get)
                        .findFirst())
                .or(() -> mesh.meshConfig()
                        .object("defaultConfig", config -> config)
                        .flatMap(config -> config.object("image", image -> image.text("imageType", ""))))
                .orElse("");
    }

    private static Mapping empty() {
        return new Mapping(Map.of(), Position.UNKNOWN);
    }

    static void automatic(MeshContents mesh, Messages messages) {
        List<View> webhooks = mesh.of(WebhookChecks.GROUP, WebhookChecks.MUTATING).stream()
                .flatMap(configuration -> configuration.root().objects("webhooks").stream())
                .filter(webhook -> webhook.text("name").endsWith("istio.io"))
                .toList();
        for (Item pod : mesh.core("Pod")) {
            automaticImage(pod)
                    .ifPresent(image -> messages.add(MessageType.IMAGE_AUTO_OF_POD, pod, image, pod.shortName()));
        }
        for (Item deployment : mesh.deployments()) {
            Map<String, String> namespace =
                    mesh.namespaceLabels(deployment.namespace()).orElse(Map.of());
            Map<String, String> pod = WorkloadChecks.templateLabels(deployment);
            boolean injected = webhooks.stream()
                    .anyMatch(webhook -> Labels.selects(webhook.object("namespaceSelector"), namespace)
                            && Labels.selects(webhook.object("objectSelector"), pod));
            if (!injected) {
                automaticImage(deployment)
                        .ifPresent(image -> messages.add(
                                MessageType.IMAGE_AUTO_OF_DEPLOYMENT, deployment, image, deployment.shortName()));
            }
        }
    }

    private static Optional<Spot> automaticImage(Item item) {
        return item.proxies().stream()
                .filter(proxy -> proxy.text("image").equals("auto"))
                .map(proxy -> proxy.spot("image"))
                .findFirst();
    }
}
