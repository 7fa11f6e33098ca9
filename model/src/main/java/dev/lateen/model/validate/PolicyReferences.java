package dev.lateen.model.validate;

import dev.lateen.model.resource.ResourceKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What policies refer to: workloads, targets, extension providers. Thread: any one.
final class PolicyReferences {
    private static final AnyField HTTP_SOURCE = new AnyField(List.of("requestPrincipals", "notRequestPrincipals"));
    private static final AnyField HTTP_OPERATION =
            new AnyField(List.of("hosts", "notHosts", "methods", "notMethods", "paths", "notPaths"));

    private final References references;
    private final MeshIndex index;
    private final String rootNamespace;

    PolicyReferences(References references, String rootNamespace) {
        this.references = references;
        this.index = references.index();
        this.rootNamespace = rootNamespace;
    }

    void authorization(ResourceKey key, View spec) {
        attachment(key, spec);
        spec.object("provider").filter(provider -> provider.filled("name")).ifPresent(this::provider);
        boolean custom = spec.text("action").equals("CUSTOM");
        boolean byHttp = spec.object("provider")
                .map(provider -> index.isAskedByHttp(provider.text("name")))
                .orElse(false);
        if (custom && byHttp) {
            spec.objects("rules").stream()
                    .filter(PolicyReferences::looksAtConnections)
                    .forEach(rule -> references
                            .report()
                            .warning(
                                    rule.spot(),
                                    "asks-nobody-about-tcp",
                                    "the provider is asked about HTTP alone: TCP connections that match pass unasked",
                                    "a provider that is asked by gRPC"));
        }
    }

    /// Whether the rule says something, and nothing that only HTTP has.
    private static boolean looksAtConnections(View rule) {
        boolean http = parts(rule, "from", "source").anyMatch(HTTP_SOURCE::matches)
                || parts(rule, "to", "operation").anyMatch(HTTP_OPERATION::matches)
                || rule.objects("when").stream()
                        .anyMatch(when -> when.text("key").startsWith("request."));
        return !http && (rule.size("from") + rule.size("to") + rule.size("when") > 0);
    }

    private static Stream<View> parts(View rule, String list, String part) {
        return rule.objects(list).stream().flatMap(item -> item.object(part).stream());
    }

    private record AnyField(List<String> names) {
        boolean matches(View holder) {
            return names.stream().anyMatch(name -> holder.size(name) > 0);
        }
    }

    void telemetry(ResourceKey key, View spec) {
        attachment(key, spec);
        for (String part : List.of("tracing", "metrics", "accessLogging")) {
            for (View entry : spec.objects(part)) {
                entry.objects("providers").stream()
                        .filter(provider -> provider.filled("name"))
                        .forEach(this::provider);
            }
        }
    }

    void rateLimit(ResourceKey key, View spec) {
        attachment(key, spec);
        spec.objects("rules").forEach(rule -> rule.object("match").ifPresent(match -> routes(key, spec, match)));
    }

    void quota(ResourceKey key, View spec) {
        attachment(key, spec);
        spec.object("match").ifPresent(match -> routes(key, spec, match));
    }

    /// Routes are those of gateways: a workload does not know by which route somebody found it.
    private void routes(ResourceKey key, View spec, View match) {
        if (match.size("routes") == 0) {
            return;
        }
        for (Spot route : match.items("routes")) {
            if (!route.value().isEmpty() && !index.routeNames().contains(route.value())) {
                references.missing(
                        route,
                        "no virtual service has a route of this name",
                        index.hasKind("VirtualService"),
                        index.routeNames(),
                        "give the route a name in spec.http[].name");
            }
        }
        Map<String, String> labels = spec.object("selector")
                .map(selector -> MeshIndex.textMap(selector, "matchLabels"))
                .orElse(Map.of());
        String namespace = key.namespace().equals(rootNamespace) ? "" : key.namespace();
        if (index.anyWorkload(namespace, labels) && !index.anyGateway(namespace, labels)) {
            references
                    .report()
                    .warning(
                            match.spot("routes"),
                            "ineffective",
                            "only gateways know routes, and none of the workloads is one",
                            "a selector for a gateway, or paths instead of routes");
        }
    }

    void attachment(ResourceKey key, View spec) {
        spec.object("selector").ifPresent(selector -> {
            Map<String, String> labels = MeshIndex.textMap(selector, "matchLabels");
            boolean everywhere = key.namespace().equals(rootNamespace);
            String namespace = everywhere ? "" : key.namespace();
            boolean known = everywhere || index.hasWorkloads(namespace);
            if (!labels.isEmpty() && known && !index.anyWorkload(namespace, labels)) {
                references
                        .report()
                        .warning(
                                selector.spot("matchLabels"),
                                "selects-nothing",
                                "no workload carries these labels",
                                "compare them with the labels of the pods");
            }
        });
        spec.object("targetRef").ifPresent(target -> target(key, target));
        spec.objects("targetRefs").forEach(target -> target(key, target));
    }

    private void target(ResourceKey key, View target) {
        String group = target.text("group").equals("core") ? "" : target.text("group");
        String namespace = target.text("kind").equals("GatewayClass") ? "" : key.namespace();
        if (target.filled("name")
                && index.find(target.text("kind"), group, namespace, target.text("name"))
                        .isEmpty()) {
            references.missing(
                    target.spot("name"),
                    "there is no " + target.text("kind") + " of this name",
                    index.hasKind(target.text("kind")),
                    index.names(target.text("kind"), group, namespace),
                    "");
        }
    }

    private void provider(View provider) {
        if (!index.providers().contains(provider.text("name"))) {
            references.missing(
                    provider.spot("name"),
                    "the mesh configuration has no extension provider of this name",
                    index.hasKind("IstioOperator"),
                    index.providers(),
                    "add it to meshConfig.extensionProviders");
            return;
        }
        Optional<String> unused = index.unusedKindOf(provider.text("name"));
        if (unused.isPresent()) {
            references
                    .report()
                    .warning(
                            provider.spot("name"),
                            "unsupported",
                            "providers of kind " + unused.get() + " are not supported yet: nothing is sent there",
                            "a provider of another kind, such as opentelemetry");
            return;
        }
        index.hostOfProvider(provider.text("name"))
                .filter(host -> index.hasServices() && !index.knowsHost(host))
                .ifPresent(host -> references
                        .report()
                        .warning(
                                provider.spot("name"),
                                "reference-not-found",
                                "no service has the host '" + host + "' of this provider: nothing reaches it",
                                "correct its service in meshConfig.extensionProviders, or add a ServiceEntry for it"));
    }
}
