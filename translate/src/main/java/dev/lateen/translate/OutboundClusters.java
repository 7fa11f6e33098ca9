package dev.lateen.translate;

import dev.lateen.model.istio.DestinationRule;
import dev.lateen.model.istio.DestinationRule.Subset;
import dev.lateen.model.istio.PeerAuthentication.Mode;
import dev.lateen.model.istio.TrafficPolicy;
import dev.lateen.model.istio.TrafficPolicy.ClientTls;
import dev.lateen.model.istio.TrafficPolicy.ConnectionPool;
import dev.lateen.model.mesh.EffectivePolicy;
import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.mesh.PeerPolicies;
import dev.lateen.model.mesh.Protocol;
import dev.lateen.model.mesh.Resolution;
import dev.lateen.model.mesh.ServicePort;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Filter;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Clusters for what a proxy sends: one a port of a service, and one more a subset.
final class OutboundClusters {
    /// Istio's exchange of workload metadata between two proxies, on plain TCP.
    static final Filter METADATA_EXCHANGE = Filter.newBuilder()
            .setName("istio.metadata_exchange")
            .setTypedConfig(HttpFilters.tcpMetadataExchange())
            .build();

    private static final TypedExtensionConfig RESOLVER = TypedExtensionConfig.newBuilder()
            .setName("envoy.network.dns_resolver.cares")
            .setTypedConfig(Protos.any(CaresDnsResolverConfig.newBuilder()
                    .setUdpMaxQueries(Protos.uint(100))
                    .build()))
            .build();

    private OutboundClusters() {}

    /// All clusters of a service.
    ///
    /// @param endpoints of the service, for names in certificates and for addresses that the proxy resolves
    static List<Cluster> of(
            MeshService service, Optional<DestinationRule> rule, List<Endpoint> endpoints, Scene scene) {
        List<Cluster> clusters = new ArrayList<>();
        for (ServicePort port : service.ports()) {
            if (port.protocol() == Protocol.UDP
                    || service.resolution() == Resolution.ALIAS
                    || (DynamicNames.concerns(service) && !DynamicNames.serves(port))) {
                continue;
            }
            cluster(service, port, rule, Optional.empty(), endpoints, scene).ifPresent(clusters::add);
            for (Subset subset : rule.map(DestinationRule::subsets).orElse(List.of())) {
                cluster(service, port, rule, Optional.of(subset), endpoints, scene)
                        .ifPresent(clusters::add);
            }
        }
        return clusters;
    }

    private static Optional<Cluster> cluster(
            MeshService service,
            ServicePort port,
            Optional<DestinationRule> rule,
            Optional<Subset> subset,
            List<Endpoint> endpoints,
            Scene scene) {
        TrafficPolicy policy =
                EffectivePolicy.of(rule, subset, port.port(), scene.mesh().baseline());
        String subsetName = subset.map(Subset::name).orElse("");
        String name = Names.outbound(port.port(), subsetName, service.hostname());
        Cluster.Builder cluster = Cluster.newBuilder()
                .setName(name)
                .setAltStatName(StatNames.outbound(scene, service, port, subsetName))
                .setConnectTimeout(Protos.duration(scene.mesh().connectTimeout()));
        if (DynamicNames.concerns(service)) {
            boolean insecure =
                    policy.tls().flatMap(ClientTls::insecureSkipVerify).orElse(false);
            DynamicNames.discovery(cluster, service, insecure, scene);
        } else {
            discovery(cluster, service, scene);
            TrafficPolicies.loadBalancer(
                    cluster,
                    policy.loadBalancer(),
                    LocalityPreference.of(
                            policy.loadBalancer(),
                            service.distribution(),
                            scene.mesh().nearness()),
                    scene.node().metadata().switches().selfDiscovery());
        }
        if (cluster.getType() == Cluster.DiscoveryType.STRICT_DNS
                || cluster.getType() == Cluster.DiscoveryType.LOGICAL_DNS) {
            var assignment =
                    Endpoints.assignment(new Endpoints.Target(service, port, subset, policy), endpoints, scene);
            if (assignment.getEndpointsCount() == 0) {
                return Optional.empty();
            }
            cluster.setLoadAssignment(assignment);
        }
        TrafficPolicies.connectionPool(
                cluster, policy.connectionPool(), scene.mesh().tcpKeepalive());
        policy.retryBudget().ifPresent(budget -> TrafficPolicies.retryBudget(cluster, budget));
        policy.outlierDetection().ifPresent(o -> TrafficPolicies.outlierDetection(cluster, o));
        Optional<ConnectionPool.Http> http = policy.connectionPool().flatMap(ConnectionPool::http);
        boolean http2 =
                HttpUpstream.isHttp2(port.protocol(), http, scene.mesh().http().h2UpgradePolicy());
        boolean tells = scene.hasAgent()
                && !service.meshExternal()
                && (port.protocol().isHttp() || port.protocol().isAuto());
        HttpUpstream.apply(
                scene,
                cluster,
                port.protocol(),
                http2,
                policy.connectionPool(),
                HttpUpstream.Naming.of(policy.tls(), port.protocol(), DynamicNames.concerns(service)),
                tells ? PeerHeaders.FILTERS : List.of());
        boolean bySecret = rule.filter(r -> takesSecrets(scene, r)).isPresent();
        tls(cluster, service, port, subsetName, policy, endpoints, http2, bySecret, scene);
        StatefulSessions.apply(cluster, service);
        if (scene.hasIstioFilters()) {
            cluster.addFilters(METADATA_EXCHANGE);
        }
        cluster.setMetadata(Provenance.ofCluster(
                service, rule.map(DestinationRule::origin), subsetName, overridesAlpn(service, port, policy)));
        return Optional.of(cluster.build());
    }

    private static void discovery(Cluster.Builder cluster, MeshService service, Scene scene) {
        switch (service.resolution()) {
            case STATIC, ALIAS -> {
                cluster.setType(Cluster.DiscoveryType.EDS);
                cluster.getEdsClusterConfigBuilder().setEdsConfig(Protos.ADS).setServiceName(cluster.getName());
            }
            case PASSTHROUGH -> {
                // Only a sidecar has a connection whose destination it could take over.
                if ((scene.isRouter() || scene.isProxyless())
                        && service.registry() == MeshService.Registry.KUBERNETES) {
                    cluster.setType(Cluster.DiscoveryType.EDS);
                    cluster.getEdsClusterConfigBuilder()
                            .setEdsConfig(Protos.ADS)
                            .setServiceName(cluster.getName());
                } else {
                    cluster.setType(Cluster.DiscoveryType.ORIGINAL_DST);
                }
            }
            case DNS -> dns(cluster, Cluster.DiscoveryType.STRICT_DNS, scene);
            case DNS_ROUND_ROBIN -> dns(cluster, Cluster.DiscoveryType.LOGICAL_DNS, scene);
            case DYNAMIC_DNS -> throw new IllegalStateException("names are looked up by another sort of cluster");
        }
    }

    @SuppressWarnings("deprecation")
    private static void dns(Cluster.Builder cluster, Cluster.DiscoveryType type, Scene scene) {
        cluster.setType(type)
                .setDnsLookupFamily(dnsFamily(scene))
                .setRespectDnsTtl(true)
                .setDnsJitter(Protos.duration(java.time.Duration.ofMillis(100)))
                .setTypedDnsResolverConfig(RESOLVER);
        scene.mesh().dnsRefreshRate().ifPresent(rate -> cluster.setDnsRefreshRate(Protos.duration(rate)));
    }

    static Cluster.DnsLookupFamily dnsFamily(Scene scene) {
        boolean v4 = scene.node().supportsIpv4();
        boolean v6 = scene.node().supportsIpv6();
        if (v4 && v6) {
            return scene.settings().on("EnableDualStack")
                    ? Cluster.DnsLookupFamily.ALL
                    : Cluster.DnsLookupFamily.V4_ONLY;
        }
        return v6 ? Cluster.DnsLookupFamily.V6_ONLY : Cluster.DnsLookupFamily.V4_ONLY;
    }

    /// Whether a rule may name secrets of the proxy's namespace: to gateways, and to the workloads that it selects.
    static boolean takesSecrets(Scene scene, DestinationRule rule) {
        return scene.isRouter() || rule.selects();
    }

    private static void tls(
            Cluster.Builder cluster,
            MeshService service,
            ServicePort port,
            String subset,
            TrafficPolicy policy,
            List<Endpoint> endpoints,
            boolean http2,
            boolean bySecret,
            Scene scene) {
        boolean dynamic = DynamicNames.concerns(service);
        // The name to ask for is that of the host which was looked up.
        UpstreamTls.Peer peer = new UpstreamTls.Peer(
                dynamic ? "" : Names.sni(port.port(), subset, service.hostname()),
                dynamic ? List.of() : identities(service, port, endpoints, scene),
                service.subjectAltNames(),
                port.protocol(),
                http2,
                bySecret);
        Optional<ClientTls> demanded = policy.tls();
        if (demanded.isPresent()) {
            UpstreamTls.apply(cluster, demanded.get(), peer, scene);
        } else if (!dynamic
                && scene.mesh().enableAutoMtls()
                && !service.meshExternal()
                && mayUseMutualTls(service, port, endpoints, scene)) {
            UpstreamTls.applyAutomatic(cluster, peer, scene);
        }
        policy.proxyProtocol().ifPresent(version -> UpstreamTls.relay(cluster, version));
    }

    /// Outside of the mesh the proxy must not offer the mesh's own protocols.
    private static boolean overridesAlpn(MeshService service, ServicePort port, TrafficPolicy policy) {
        boolean http = port.protocol().isHttp() || port.protocol().isAuto() || DynamicNames.concerns(service);
        return !(http
                && policy.tls()
                        .filter(t -> t.mode().equals("SIMPLE") || t.mode().equals("MUTUAL"))
                        .isPresent());
    }

    private static boolean mayUseMutualTls(
            MeshService service, ServicePort port, List<Endpoint> endpoints, Scene scene) {
        if (service.resolution() == Resolution.PASSTHROUGH) {
            List<Endpoint> ofPort = endpoints.stream()
                    .filter(e -> e.servicePort().equals(port.name()))
                    .toList();
            if (ofPort.isEmpty() || ofPort.stream().anyMatch(e -> e.tlsMode().equals("disabled"))) {
                return false;
            }
        }
        Mode mode = PeerPolicies.ofNamespace(
                scene.snapshot().security().peerAuthentications(),
                scene.mesh().identity().rootNamespace(),
                service.namespace());
        return mode != Mode.DISABLE;
    }

    /// The identities behind a port, with those under other names of the trust domain.
    static List<String> identities(MeshService service, ServicePort port, List<Endpoint> endpoints, Scene scene) {
        TreeSet<String> found = new TreeSet<>(service.subjectAltNames());
        String domain = scene.mesh().identity().trustDomain();
        for (Endpoint endpoint : endpoints) {
            String account = endpoint.owner().serviceAccount();
            if (account.isEmpty() || !endpoint.servicePort().equals(port.name())) {
                continue;
            }
            if (account.startsWith("spiffe://")) {
                found.add(account);
                continue;
            }
            String rest = "/ns/" + endpoint.owner().namespace() + "/sa/" + account;
            found.add("spiffe://" + domain + rest);
            for (String alias : scene.mesh().identity().trustDomainAliases()) {
                found.add("spiffe://" + alias + rest);
            }
        }
        return List.copyOf(found);
    }

    /// Where a connection goes that must go nowhere.
    static Cluster blackHole(Scene scene) {
        return Cluster.newBuilder()
                .setName(Names.BLACK_HOLE)
                .setAltStatName(Names.stat(Names.BLACK_HOLE))
                .setType(Cluster.DiscoveryType.STATIC)
                .setConnectTimeout(Protos.duration(scene.mesh().connectTimeout()))
                .build();
    }

    /// Where a connection goes on to its own destination.
    static Cluster passthrough(Scene scene) {
        Cluster.Builder cluster = Cluster.newBuilder()
                .setName(Names.PASSTHROUGH)
                .setAltStatName(Names.stat(Names.PASSTHROUGH))
                .setType(Cluster.DiscoveryType.ORIGINAL_DST)
                .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
                .setConnectTimeout(Protos.duration(scene.mesh().connectTimeout()));
        Optional<ConnectionPool> pool = scene.mesh().baseline().connectionPool();
        HttpUpstream.applyPassthrough(scene, cluster, pool);
        TrafficPolicies.connectionPool(cluster, pool, scene.mesh().tcpKeepalive());
        if (scene.hasIstioFilters()) {
            cluster.addFilters(METADATA_EXCHANGE);
        }
        return cluster.build();
    }
}
