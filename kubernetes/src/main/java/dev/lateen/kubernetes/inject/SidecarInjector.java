package dev.lateen.kubernetes.inject;

import dev.lateen.kubernetes.inject.InjectionResult.Injected;
import dev.lateen.kubernetes.inject.InjectionResult.Refused;
import dev.lateen.kubernetes.tree.StrategicMerge;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.tree.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Gives a pod its sidecar, or whatever its templates say. A pure function; a pod that was injected before comes out as
/// if it had not been. Thread: any.
///
/// Order: read the wishes, render the templates, lay them over the pod, lay the user's settings for the same containers
/// over that, then probes, metrics, order of containers.
public final class SidecarInjector {
    private final InjectionSettings settings;
    private final Templates templates;

    public SidecarInjector(InjectionSettings settings) {
        this.settings = settings;
        this.templates = new Templates(settings);
    }

    /// Injects a pod that came to an API server.
    ///
    /// @param namespace where it is created: the pod itself need not say
    /// @param extraEnvironment what the webhook's address says about the cluster, such as `ISTIO_META_NETWORK`
    public InjectionResult inject(
            ObjectNode pod,
            String namespace,
            Map<String, String> namespaceAnnotations,
            Map<String, String> extraEnvironment) {
        ObjectNode metadata = Trees.into(pod, "metadata");
        return inject(new PodSubject(pod, Owner.ofPod(metadata, namespace), namespaceAnnotations), extraEnvironment);
    }

    InjectionResult inject(PodSubject subject, Map<String, String> extraEnvironment) {
        List<Diagnostic> wrong = new ArrayList<>(AnnotationRules.check(subject, settings));
        Optional<ProxySettings> proxy = ProxySettings.of(
                settings.mesh(),
                settings.proxyConfigs(),
                subject.owner().namespaceOrDefault(),
                subject.labels(),
                subject.annotation(Names.PROXY_CONFIG));
        if (proxy.isEmpty()) {
            wrong.add(annotationError(Names.PROXY_CONFIG, "not a YAML object"));
        }
        if (!wrong.isEmpty() || proxy.isEmpty()) {
            return new Refused(wrong);
        }
        ObjectNode original = subject.pod().deepCopy();
        dropAssignedIds(original, subject);
        ObjectNode stripped = InjectionStatus.strip(original, settings.statusPort());
        TemplateContext context = context(
                new PodSubject(stripped, subject.owner(), subject.namespaceAnnotations()), proxy.get(), original);

        List<ObjectNode> rendered = new ArrayList<>();
        for (String name : templateNames(subject)) {
            switch (templates.render(name, context)) {
                case Templates.Rendered(ObjectNode template) -> rendered.add(template);
                case Templates.Failed(String reason) -> wrong.add(templateError(name, reason));
            }
        }
        return wrong.isEmpty()
                ? new Injected(assemble(context, original, rendered, extraEnvironment))
                : new Refused(wrong);
    }

    private ObjectNode assemble(
            TemplateContext context, ObjectNode original, List<ObjectNode> rendered, Map<String, String> extra) {
        ObjectNode template = Trees.object();
        for (ObjectNode one : rendered) {
            template = StrategicMerge.merge(template, one);
        }
        ContainerOverrides.moveToTemplatesPlace(original, template);
        ObjectNode pod = original;
        for (ObjectNode one : rendered) {
            pod = StrategicMerge.merge(pod, one);
        }
        pod = ContainerOverrides.apply(pod, original, template);
        if (context.isTproxy()) {
            runAsRoot(pod);
        }
        addEnvironment(pod, extra);
        PrometheusMerge.apply(pod, settings);
        ProbeRewrite.apply(pod, settings);
        TelemetryAttributes.apply(pod, context);
        addMetadata(pod, template, extra);
        ContainerOrder.apply(pod, context.nativeSidecar(), context.holdsApplication());
        return pod;
    }

    private TemplateContext context(PodSubject subject, ProxySettings proxy, ObjectNode original) {
        boolean nativeSidecar = subject.annotation(Names.NATIVE_SIDECAR)
                .map(text -> text.equals("true"))
                .orElse(settings.nativeSidecars());
        TemplateContext usual =
                new TemplateContext(subject, settings, proxy, nativeSidecar, Optional.empty(), Optional.empty());
        Optional<Long> user = id(original, "runAsUser");
        Optional<Long> group = id(original, "runAsGroup");
        if (settings.openShift() && !usual.isTproxy()) {
            user = user.or(
                    () -> NamespaceIds.users(subject.namespaceAnnotations()).map(NamespaceIds::last));
            group = group.or(
                    () -> NamespaceIds.groups(subject.namespaceAnnotations()).map(NamespaceIds::last));
        }
        return new TemplateContext(subject, settings, proxy, nativeSidecar, user, group);
    }

    /// The id that the user has chosen for the proxy: capture has to let its connections pass.
    private static Optional<Long> id(ObjectNode pod, String field) {
        return PodSubject.proxy(pod)
                .map(proxy -> Trees.at(proxy, "securityContext", field))
                .filter(tools.jackson.databind.JsonNode::isIntegralNumber)
                .map(number -> number.asLong(0));
    }

    /// On OpenShift an admission controller has given the proxy's container the application's id before we see it.
    private void dropAssignedIds(ObjectNode pod, PodSubject subject) {
        Optional<NamespaceIds> users = NamespaceIds.users(subject.namespaceAnnotations());
        Optional<Long> user = id(pod, "runAsUser");
        if (settings.openShift()
                && users.isPresent()
                && user.isPresent()
                && users.get().contains(user.get())) {
            PodSubject.proxy(pod)
                    .ifPresent(
                            proxy -> Trees.into(proxy, "securityContext").remove(List.of("runAsUser", "runAsGroup")));
        }
    }

    /// Transparent proxying needs the right to bind addresses of others, whatever id the user prefers.
    private static void runAsRoot(ObjectNode pod) {
        PodSubject.proxy(pod)
                .ifPresent(proxy ->
                        Trees.into(proxy, "securityContext").put("runAsUser", 0).put("runAsNonRoot", false));
    }

    private static void addEnvironment(ObjectNode pod, Map<String, String> extra) {
        Optional<ObjectNode> proxy = PodSubject.proxy(pod);
        if (proxy.isEmpty()) {
            return;
        }
        ArrayNode environment = Trees.list(proxy.get(), "env");
        extra.forEach((name, value) -> {
            environment.removeIf(item -> Trees.text(item, "name").equals(name));
            environment.add(ProxyEnvironment.variable(name, value));
        });
    }

    private void addMetadata(ObjectNode pod, ObjectNode template, Map<String, String> extra) {
        ObjectNode metadata = Trees.into(pod, "metadata");
        String network = extra.getOrDefault("ISTIO_META_NETWORK", settings.value("global", "network"));
        if (!network.isEmpty() && PodSubject.proxy(pod).isPresent() && !Trees.has(metadata, "labels", Names.NETWORK)) {
            Trees.into(metadata, "labels").put(Names.NETWORK, network);
        }
        ObjectNode annotations = Trees.into(metadata, "annotations");
        annotations.put(Names.STATUS, InjectionStatus.write(template, settings.revisionOrDefault()));
        settings.webhook("injectedAnnotations")
                .properties()
                .forEach(one -> annotations.put(one.getKey(), one.getValue().asString("")));
    }

    private List<String> templateNames(PodSubject subject) {
        List<String> names = new ArrayList<>();
        for (String name : subject.annotation(Names.TEMPLATES).orElse("").split(",")) {
            if (!name.isBlank()) {
                names.add(name.strip());
            }
        }
        return names.isEmpty() ? settings.defaultTemplates() : names;
    }

    private static Diagnostic annotationError(String name, String message) {
        return Diagnostic.error(
                "invalid-annotation", Position.UNKNOWN, "metadata.annotations['" + name + "']", message);
    }

    private static Diagnostic templateError(String name, String reason) {
        return Diagnostic.error("invalid-template", Position.UNKNOWN, "", "template '" + name + "': " + reason);
    }
}
