package dev.lateen.model.validate;

import dev.lateen.model.ingress.Ingress;
import dev.lateen.model.ingress.IngressSettings;
import dev.lateen.model.ingress.Ingresses;
import dev.lateen.model.mesh.ServiceAliases;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What a set of resources holds, by the names that others use. Immutable after the constructor. Thread: any.
final class MeshIndex {
    private static final String SERVICE_SUFFIX = ".svc.cluster.local";
    private static final Set<String> WORKLOAD_KINDS =
            Set.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job");

    private final Map<String, RawResource> byName = new LinkedHashMap<>();
    private final Set<String> hosts = new HashSet<>();
    private final List<String> wildcardHosts = new ArrayList<>();
    private final Map<String, Set<String>> subsetsByHost = new HashMap<>();
    private final List<Workload> workloads = new ArrayList<>();
    private final Map<Map.Entry<String, String>, List<Workload>> workloadsByLabel = new HashMap<>();
    private final Set<String> namespacesWithWorkloads = new HashSet<>();
    private final Map<String, String> aliases = new HashMap<>();
    private final Map<String, Map<String, String>> selectorByHost = new HashMap<>();
    private final Set<String> providers = new HashSet<>(Set.of("prometheus", "envoy", "stackdriver"));
    private final Map<String, String> hostByProvider = new HashMap<>();
    private final Set<String> askedByHttp = new HashSet<>();
    private final Map<String, String> unusedProviders = new HashMap<>();
    private final Set<String> kinds = new HashSet<>();
    private final Set<String> routeNames = new HashSet<>();
    private final Set<Map<String, String>> gateways = new HashSet<>();

    private final IngressSettings ingress;
    private final List<Ingress> ingresses;
    private final Set<ResourceKey> ingressKeys = new HashSet<>();

    private final List<String> routeExports;
    private final List<String> ruleExports;

    MeshIndex(Collection<RawResource> resources) {
        Mapping mesh = new MeshConfigReader().read(resources).meshConfig();
        this.routeExports = orAll(new Fields(mesh).texts("defaultVirtualServiceExportTo"));
        this.ruleExports = orAll(new Fields(mesh).texts("defaultDestinationRuleExportTo"));
        this.ingress = IngressSettings.of(mesh);
        this.ingresses = Ingresses.served(resources, ingress);
        ingresses.forEach(one -> ingressKeys.add(one.origin().resource()));
        resources.forEach(this::add);
        new Fields(mesh).objects("extensionProviders", this::addProvider);
        if (!ingresses.isEmpty()) {
            gateways.add(ingress.proxies());
        }
    }

    private static List<String> orAll(List<String> exportTo) {
        return exportTo.isEmpty() ? List.of("*") : exportTo;
    }

    IngressSettings ingress() {
        return ingress;
    }

    /// Those that the mesh serves.
    List<Ingress> ingresses() {
        return ingresses;
    }

    boolean servesIngress(ResourceKey key) {
        return ingressKeys.contains(key);
    }

    private String addProvider(Fields provider) {
        String name = provider.text("name", "");
        providers.add(name);
        if (provider.has("envoyExtAuthzHttp")) {
            askedByHttp.add(name);
        }
        ExtensionProviderRules.UNUSED.stream().filter(provider::has).forEach(kind -> unusedProviders.put(name, kind));
        for (String kind : ExtensionProviderRules.SERVICES) {
            provider.object(kind, settings -> settings.text("service", ""))
                    .filter(service -> !service.isEmpty())
                    .ifPresent(service -> hostByProvider.put(name, service.substring(service.indexOf('/') + 1)));
        }
        return name;
    }

    private void add(RawResource resource) {
        String kind = resource.key().kind();
        String namespace = resource.key().namespace();
        kinds.add(kind);
        byName.putIfAbsent(
                nameOf(kind, resource.key().group(), namespace, resource.key().name()), resource);
        View root = new View(resource.root(), "", new Report());
        View spec = root.object("spec").orElse(root);
        switch (kind) {
            case "Service" -> addService(resource, spec);
            case "ServiceEntry" -> addEntry(spec);
            case "DestinationRule" -> addSubsets(spec, namespace);
            case "VirtualService" -> spec.objects("http").forEach(route -> routeNames.add(route.text("name")));
            case "Gateway" -> {
                if (resource.key().group().equals("networking.istio.io")) {
                    gateways.add(textMap(spec, "selector"));
                }
            }
            case "Pod" ->
                addWorkload(new Workload(namespace, resource.metadata().labels()));
            case "WorkloadEntry" -> addWorkload(new Workload(namespace, textMap(spec, "labels")));
            default -> {
                if (WORKLOAD_KINDS.contains(kind)) {
                    Map<String, String> labels = spec.object("template")
                            .flatMap(template -> template.object("metadata"))
                            .map(metadata -> textMap(metadata, "labels"))
                            .orElse(Map.of());
                    addWorkload(new Workload(namespace, labels));
                }
            }
        }
    }

    private void addWorkload(Workload workload) {
        workloads.add(workload);
        namespacesWithWorkloads.add(workload.namespace());
        workload.labels()
                .forEach((label, value) -> workloadsByLabel
                        .computeIfAbsent(Map.entry(label, value), key -> new ArrayList<>())
                        .add(workload));
    }

    /// Those that may have the labels: all that have the rarest of them.
    private List<Workload> candidates(Map<String, String> labels) {
        List<Workload> fewest = workloads;
        for (Map.Entry<String, String> label : labels.entrySet()) {
            List<Workload> having =
                    workloadsByLabel.getOrDefault(Map.entry(label.getKey(), label.getValue()), List.of());
            fewest = having.size() < fewest.size() ? having : fewest;
        }
        return fewest;
    }

    private void addService(RawResource resource, View spec) {
        String host = resource.key().name() + "." + resource.key().namespace() + SERVICE_SUFFIX;
        hosts.add(host);
        if (spec.text("type").equals("ExternalName") && spec.filled("externalName")) {
            aliases.put(host, ServiceAliases.target(spec.text("externalName")));
        }
        if (spec.filled("selector")) {
            selectorByHost.put(host, textMap(spec, "selector"));
        }
    }

    private void addEntry(View spec) {
        for (Spot host : spec.items("hosts")) {
            addHost(host.value().startsWith("*"), host.value());
        }
    }

    private void addHost(boolean wildcard, String host) {
        if (wildcard) {
            wildcardHosts.add(host);
        } else {
            hosts.add(host);
        }
    }

    private void addSubsets(View spec, String namespace) {
        Set<String> subsets =
                subsetsByHost.computeIfAbsent(fullHost(spec.text("host"), namespace), host -> new HashSet<>());
        spec.objects("subsets").forEach(subset -> subsets.add(subset.text("name")));
    }

    /// A short name is a service in the namespace of the resource that uses it.
    static String fullHost(String host, String namespace) {
        return host.contains(".") || host.contains("*") ? host : host + "." + namespace + SERVICE_SUFFIX;
    }

    /// The host behind an alias (`ExternalName`), itself for any other, and for an alias that leads round in a circle.
    String behind(String fullHost) {
        Set<String> passed = new HashSet<>();
        String host = fullHost;
        while (aliases.containsKey(host)) {
            if (!passed.add(host)) {
                return fullHost;
            }
            host = aliases.getOrDefault(host, host);
        }
        return host;
    }

    boolean isAlias(String fullHost) {
        return aliases.containsKey(fullHost);
    }

    boolean knowsHost(String fullHost) {
        return hosts.contains(fullHost) || wildcardHosts.stream().anyMatch(wild -> HostNames.covers(wild, fullHost));
    }

    /// Who sees virtual services that do not say.
    List<String> routeExports() {
        return routeExports;
    }

    /// Who sees destination rules that do not say.
    List<String> ruleExports() {
        return ruleExports;
    }

    /// Whether the set holds services at all; a lone file does not, and then nothing is known about hosts.
    boolean hasServices() {
        return !hosts.isEmpty() || !wildcardHosts.isEmpty();
    }

    /// Names for hosts as a resource in the namespace may write them.
    List<String> hostNames(String namespace) {
        String suffix = "." + namespace + SERVICE_SUFFIX;
        List<String> names = new ArrayList<>(hosts);
        hosts.stream()
                .filter(host -> host.endsWith(suffix))
                .map(host -> host.substring(0, host.length() - suffix.length()))
                .forEach(names::add);
        return names;
    }

    /// The subsets that DestinationRules define for the host; empty where no rule is about it.
    Optional<Set<String>> subsets(String fullHost) {
        return Optional.ofNullable(subsetsByHost.get(fullHost));
    }

    Optional<RawResource> find(String kind, String group, String namespace, String name) {
        return Optional.ofNullable(byName.get(nameOf(kind, group, namespace, name)));
    }

    /// The names of all resources of a kind in a namespace.
    List<String> names(String kind, String group, String namespace) {
        return byName.values().stream()
                .filter(resource -> resource.key().kind().equals(kind)
                        && resource.key().group().equals(group)
                        && resource.key().namespace().equals(namespace))
                .map(resource -> resource.key().name())
                .toList();
    }

    /// Where workloads with these labels are.
    Set<String> namespacesOf(Map<String, String> labels) {
        Set<String> namespaces = new TreeSet<>();
        for (Workload workload : candidates(labels)) {
            if (workload.labels().entrySet().containsAll(labels.entrySet())) {
                namespaces.add(workload.namespace());
            }
        }
        return namespaces;
    }

    /// Where workloads serve any Gateway.
    Set<String> namespacesOfGateways() {
        Set<String> namespaces = new TreeSet<>();
        gateways.stream()
                .filter(selector -> !selector.isEmpty())
                .map(this::namespacesOf)
                .forEach(namespaces::addAll);
        return namespaces;
    }

    boolean hasKind(String kind) {
        return kinds.contains(kind);
    }

    /// The host behind an extension provider; empty where it asks no service.
    Optional<String> hostOfProvider(String name) {
        return Optional.ofNullable(hostByProvider.get(name));
    }

    /// The kind of an extension provider, where no data plane is told of such ones.
    Optional<String> unusedKindOf(String provider) {
        return Optional.ofNullable(unusedProviders.get(provider));
    }

    Set<String> providers() {
        return providers;
    }

    /// Whether the provider authorizes, and can only be asked about HTTP.
    boolean isAskedByHttp(String provider) {
        return askedByHttp.contains(provider);
    }

    Map<String, String> selectorOf(String fullHost) {
        return selectorByHost.getOrDefault(fullHost, Map.of());
    }

    boolean hasWorkloads(String namespace) {
        return namespacesWithWorkloads.contains(namespace);
    }

    /// @param namespace empty for any
    boolean anyWorkload(String namespace, Map<String, String> labels) {
        return candidates(labels).stream()
                .anyMatch(
                        workload -> (namespace.isEmpty() || workload.namespace().equals(namespace))
                                && workload.labels().entrySet().containsAll(labels.entrySet()));
    }

    /// Names that virtual services give to their routes.
    Set<String> routeNames() {
        return routeNames;
    }

    /// Whether any workload with these labels is a gateway. Istio's gateways are chosen by labels in any namespace.
    ///
    /// @param namespace empty for any
    boolean anyGateway(String namespace, Map<String, String> labels) {
        return gateways.stream().anyMatch(selector -> {
            Map<String, String> both = new LinkedHashMap<>(selector);
            both.putAll(labels);
            return both.entrySet().containsAll(selector.entrySet()) && anyWorkload(namespace, both);
        });
    }

    static Map<String, String> textMap(View view, String field) {
        Map<String, String> texts = new LinkedHashMap<>();
        view.entries(field)
                .forEach(entry -> texts.put(entry.key().value(), entry.value().value()));
        return texts;
    }

    private static String nameOf(String kind, String group, String namespace, String name) {
        return group + "/" + kind + "/" + namespace + "/" + name;
    }

    private record Workload(String namespace, Map<String, String> labels) {}
}
