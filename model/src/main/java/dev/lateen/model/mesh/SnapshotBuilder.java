package dev.lateen.model.mesh;

import dev.lateen.model.istio.AuthorizationPolicy;
import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.EnvoyFilter;
import dev.lateen.model.istio.Gateway;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.PeerAuthentication;
import dev.lateen.model.istio.ProxyConfig;
import dev.lateen.model.istio.RequestAuthentication;
import dev.lateen.model.istio.RequestAuthentication.JwtRule;
import dev.lateen.model.istio.RequestAuthentication.KeyAddress;
import dev.lateen.model.istio.Sidecar;
import dev.lateen.model.istio.Telemetry;
import dev.lateen.model.istio.UnsupportedFeature;
import dev.lateen.model.istio.VirtualService;
import dev.lateen.model.kubernetes.Secret;
import dev.lateen.model.mesh.MeshSnapshot.Security;
import dev.lateen.model.mesh.MeshSnapshot.Traffic;
import dev.lateen.model.policy.AccessList.ListAddress;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Turns resources into snapshots of the mesh. It remembers what it has made, so that a change costs what it touches.
/// Resources must have been checked; kinds that mean nothing to traffic are skipped.
///
/// Thread: control loop.
// Identity is the point: a part of a snapshot that is the same instance has not changed.
@SuppressWarnings("ReferenceEquality")
public final class SnapshotBuilder {
    /// Kinds that would change traffic but do not yet.
    private static final Set<String> NOT_YET = Set.of(
            "WasmPlugin",
            "HTTPRoute",
            "GRPCRoute",
            "TCPRoute",
            "TLSRoute",
            "UDPRoute",
            "BackendTLSPolicy",
            "TrafficExtension");

    private final MeshSettings settings;
    private final RegistryBuilder registry;
    private final KindTable<VirtualService> virtualServices = new KindTable<>(VirtualService::metadata);
    private final KindTable<DestinationRule> destinationRules = new KindTable<>(DestinationRule::metadata);
    private final KindTable<Gateway> gateways = new KindTable<>(Gateway::metadata);
    private final KindTable<Sidecar> sidecars = new KindTable<>(Sidecar::metadata);
    private final KindTable<EnvoyFilter> envoyFilters = new KindTable<>(EnvoyFilter::metadata);
    private final KindTable<PeerAuthentication> peerAuthentications = new KindTable<>(PeerAuthentication::metadata);
    private final KindTable<AuthorizationPolicy> authorizationPolicies = new KindTable<>(AuthorizationPolicy::metadata);
    private final KindTable<RequestAuthentication> requestAuthentications =
            new KindTable<>(RequestAuthentication::metadata);
    private final KindTable<Telemetry> telemetries = new KindTable<>(Telemetry::metadata);
    private final KindTable<ProxyConfig> proxyConfigs = new KindTable<>(ProxyConfig::metadata);
    private final IngressKinds ingresses = new IngressKinds();
    private final PolicyKinds policies = new PolicyKinds();
    private final Map<ResourceKey, UnsupportedFeature> wholeKinds = new HashMap<>();
    private Map<String, Secret> secrets = Map.of();
    private List<UnsupportedFeature> meshUnsupported = List.of();
    private List<UnsupportedFeature> networksUnsupported = List.of();
    private MeshConfig mesh = MeshConfig.defaults();
    private ProxyConfigs forProxies = ProxyConfigs.NONE;
    private Traffic traffic = new Traffic(List.of(), List.of(), List.of(), List.of(), List.of());
    private List<VirtualService> unmerged = List.of();
    private Security security = new Security(List.of(), List.of(), List.of(), TrustBundles.NONE);
    private List<RequestAuthentication> withoutKeys = List.of();
    private Map<KeyAddress, String> keySets = Map.of();
    private boolean keysChanged;
    private String ownRoots = "";
    private Map<String, String> bundles = Map.of();
    private long generation;

    public SnapshotBuilder(MeshSettings settings) {
        this.settings = settings;
        this.registry = new RegistryBuilder(settings);
    }

    /// Replaces the mesh's configuration.
    public void mesh(Bound<MeshConfig> config) {
        if (!config.value().equals(mesh)) {
            mesh = config.value();
        }
        meshUnsupported = config.unsupported();
    }

    /// Replaces the mesh's networks.
    public void networks(Bound<MeshNetworks> networks) {
        registry.networks(networks.value());
        networksUnsupported = networks.unsupported();
    }

    /// Replaces the addresses of networks' gateways that somebody has looked up by their names. False where these are
    /// the
    /// same.
    public boolean gatewayAddresses(Map<String, List<String>> lookedUp) {
        return registry.gatewayAddresses(lookedUp);
    }

    /// The names of networks' gateways that the control plane has to look up, each with what says it; known since the
    /// last
    /// `build`.
    public Map<String, List<Origin>> gatewayNames() {
        return registry.gatewayNames();
    }

    /// Replaces the workloads that no resource describes, such as processes on this machine.
    public void workloads(Collection<Workload> extra) {
        registry.extraWorkloads(extra);
    }

    /// Replaces the services and endpoints that come from other registries, and the gateways of networks there.
    public void registry(
            Collection<MeshService> services,
            Map<ServiceId, List<Endpoint>> endpoints,
            Collection<NetworkGateway> gateways) {
        registry.extraServices(services, endpoints, gateways);
    }

    /// Replaces the keys of tokens' issuers that somebody has fetched, as JSON. False where these are the same.
    public boolean keySets(Map<KeyAddress, String> fetched) {
        if (fetched.equals(keySets)) {
            return false;
        }
        keySets = Map.copyOf(fetched);
        keysChanged = true;
        return true;
    }

    /// Where keys are that the control plane has to fetch, each with the rules that need them. What is a
    /// service of the mesh is known since the last `build`.
    public Map<KeyAddress, List<Origin>> keyAddresses() {
        Map<KeyAddress, List<Origin>> addresses = new LinkedHashMap<>();
        for (RequestAuthentication policy : requestAuthentications.sorted()) {
            for (JwtRule rule : policy.jwtRules()) {
                if (!settings.keyFetching().isByProxy(rule.jwksUri(), registry.services())) {
                    rule.keyAddress()
                            .ifPresent(address -> addresses
                                    .computeIfAbsent(address, _ -> new ArrayList<>(1))
                                    .add(rule.origin()));
                }
            }
        }
        return addresses;
    }

    /// Replaces the certificates of the mesh's own authority, in PEM. False where these are the same.
    public boolean ownRoots(String pem) {
        boolean other = !pem.equals(ownRoots);
        ownRoots = pem;
        return other && !mesh.identity().anchors().isEmpty();
    }

    /// Replaces the bundles of trust domains that somebody has fetched, in PEM. False where these are the same.
    public boolean trustBundles(Map<String, String> fetched) {
        boolean other = !fetched.equals(bundles);
        bundles = Map.copyOf(fetched);
        return other;
    }

    /// Where bundles of trust domains stand that the control plane has to fetch, each with what names it.
    public Map<String, List<Origin>> bundleAddresses() {
        Map<String, List<Origin>> addresses = new LinkedHashMap<>();
        for (TrustAnchor anchor : mesh.identity().anchors()) {
            anchor.bundleUrl()
                    .ifPresent(url -> addresses
                            .computeIfAbsent(url, _ -> new ArrayList<>(1))
                            .add(anchor.origin()));
        }
        return addresses;
    }

    /// Replaces the lists that somebody has read for access lists. False where these are the same.
    public boolean accessLists(Map<ListAddress, List<String>> read) {
        return policies.lists(read);
    }

    /// Where lists stand that the control plane has to read, each with the sources that name it.
    public Map<ListAddress, List<Origin>> listAddresses() {
        return policies.listAddresses();
    }

    /// Adds resources or replaces those of the same key.
    public void put(Collection<RawResource> resources) {
        resources.forEach(this::put);
    }

    private void put(RawResource resource) {
        ResourceKey key = resource.key();
        switch (key.group()) {
            case "networking.istio.io" -> putNetworking(key, resource);
            case "security.istio.io" -> putSecurity(key, resource);
            case PolicyKinds.GROUP -> policies.put(key, resource);
            case IngressKinds.GROUP -> ingresses.put(key, resource);
            case "telemetry.istio.io" -> {
                if (key.kind().equals("Telemetry")) {
                    telemetries.put(key, Telemetry.bind(resource));
                }
            }
            case "", "v1", "discovery.k8s.io" -> {
                if (key.kind().equals("Secret")) {
                    putSecret(resource);
                } else {
                    registry.put(resource);
                }
            }
            default -> {}
        }
        if (NOT_YET.contains(key.kind())) {
            wholeKinds.put(key, new UnsupportedFeature(key, "spec", resource.origin()));
        }
    }

    private void putNetworking(ResourceKey key, RawResource resource) {
        switch (key.kind()) {
            case "VirtualService" -> virtualServices.put(key, VirtualService.bind(resource));
            case "DestinationRule" -> destinationRules.put(key, DestinationRule.bind(resource));
            case "Gateway" -> gateways.put(key, Gateway.bind(resource));
            case "Sidecar" -> sidecars.put(key, Sidecar.bind(resource));
            case "EnvoyFilter" -> envoyFilters.put(key, EnvoyFilter.bind(resource));
            case "ProxyConfig" -> proxyConfigs.put(key, ProxyConfig.bind(resource));
            default -> registry.put(resource);
        }
    }

    private void putSecurity(ResourceKey key, RawResource resource) {
        switch (key.kind()) {
            case "PeerAuthentication" -> peerAuthentications.put(key, PeerAuthentication.bind(resource));
            case "AuthorizationPolicy" -> authorizationPolicies.put(key, AuthorizationPolicy.bind(resource));
            case "RequestAuthentication" -> requestAuthentications.put(key, RequestAuthentication.bind(resource));
            default -> {}
        }
    }

    private void putSecret(RawResource resource) {
        Map<String, Secret> changed = new TreeMap<>(secrets);
        changed.put(secretName(resource.key()), Secret.of(resource));
        secrets = Map.copyOf(changed);
    }

    private static String secretName(ResourceKey key) {
        return key.namespace() + "/" + key.name();
    }

    /// Forgets resources; unknown keys are no error.
    public void remove(Collection<ResourceKey> keys) {
        for (ResourceKey key : keys) {
            virtualServices.remove(key);
            destinationRules.remove(key);
            gateways.remove(key);
            sidecars.remove(key);
            envoyFilters.remove(key);
            peerAuthentications.remove(key);
            authorizationPolicies.remove(key);
            requestAuthentications.remove(key);
            telemetries.remove(key);
            proxyConfigs.remove(key);
            policies.remove(key);
            ingresses.remove(key);
            wholeKinds.remove(key);
            registry.remove(key);
            if (key.kind().equals("Secret") && secrets.containsKey(secretName(key))) {
                Map<String, Secret> changed = new HashMap<>(secrets);
                changed.remove(secretName(key));
                secrets = Map.copyOf(changed);
            }
        }
    }

    /// Whose address that is, of the workloads that the last snapshot knew.
    public Optional<Workload> workloadAt(String address) {
        return registry.workloadAt(address);
    }

    /// The mesh as it is now.
    public MeshSnapshot build() {
        registry.visibility(mesh.entryVisibility(), mesh.exportTo().services());
        registry.refresh();
        ingresses.apply(mesh, settings.clusterDomain(), registry.services(), gateways, virtualServices);
        return new MeshSnapshot(
                ++generation,
                settings,
                mesh,
                registry.networkGateways(),
                registry.services(),
                registry.workloads(),
                registry.endpoints(),
                registry.moved(),
                registry.structuralEndpoints(),
                traffic(),
                security(),
                policies.current(),
                telemetries.sorted(),
                proxyConfigs(),
                secrets,
                unsupported());
    }

    private ProxyConfigs proxyConfigs() {
        String root = mesh.identity().rootNamespace();
        if (forProxies.sorted() != proxyConfigs.sorted()
                || !forProxies.rootNamespace().equals(root)) {
            forProxies = new ProxyConfigs(root, proxyConfigs.sorted());
        }
        return forProxies;
    }

    private Traffic traffic() {
        boolean same = unmerged == virtualServices.sorted()
                && traffic.destinationRules() == destinationRules.sorted()
                && traffic.gateways() == gateways.sorted()
                && traffic.sidecars() == sidecars.sorted()
                && traffic.envoyFilters() == envoyFilters.sorted();
        if (!same) {
            List<VirtualService> merged = unmerged == virtualServices.sorted()
                    ? traffic.virtualServices()
                    : VirtualServiceDelegation.merge(
                            virtualServices.sorted(), mesh.exportTo().virtualServices());
            unmerged = virtualServices.sorted();
            traffic = new Traffic(
                    merged, destinationRules.sorted(), gateways.sorted(), sidecars.sorted(), envoyFilters.sorted());
        }
        return traffic;
    }

    private Security security() {
        TrustBundles trust = TrustBundles.of(mesh, ownRoots, bundles);
        boolean same = security.peerAuthentications() == peerAuthentications.sorted()
                && security.authorizationPolicies() == authorizationPolicies.sorted()
                && withoutKeys == requestAuthentications.sorted()
                && !keysChanged
                && trust.equals(security.trust());
        if (!same) {
            withoutKeys = requestAuthentications.sorted();
            keysChanged = false;
            security = new Security(
                    peerAuthentications.sorted(),
                    authorizationPolicies.sorted(),
                    withoutKeys.stream().map(policy -> policy.withKeys(keySets)).toList(),
                    trust);
        }
        return security;
    }

    private List<UnsupportedFeature> unsupported() {
        List<UnsupportedFeature> all = new ArrayList<>(meshUnsupported);
        all.addAll(networksUnsupported);
        virtualServices.collectUnsupported(all);
        destinationRules.collectUnsupported(all);
        gateways.collectUnsupported(all);
        sidecars.collectUnsupported(all);
        envoyFilters.collectUnsupported(all);
        peerAuthentications.collectUnsupported(all);
        authorizationPolicies.collectUnsupported(all);
        requestAuthentications.collectUnsupported(all);
        telemetries.collectUnsupported(all);
        proxyConfigs.collectUnsupported(all);
        policies.collectUnsupported(all);
        ingresses.collectUnsupported(all);
        registry.collectUnsupported(all);
        all.addAll(wholeKinds.values());
        return List.copyOf(all);
    }
}
