package dev.lateen.model.mesh;

import dev.lateen.model.ingress.IngressSettings;
import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.CipherSuites;
import dev.lateen.model.istio.HttpRoute.Retries;
import dev.lateen.model.istio.Reader;
import dev.lateen.model.istio.Sidecar.OutboundPolicy;
import dev.lateen.model.istio.TrafficPolicy.ClientTls;
import dev.lateen.model.istio.TrafficPolicy.ConnectionPool;
import dev.lateen.model.istio.TrafficPolicy.Keepalive;
import dev.lateen.model.istio.TrafficPolicy.LocalityLb;
import dev.lateen.model.istio.TrafficPolicy.OutlierDetection;
import dev.lateen.model.istio.TrafficPolicy.ZoneAwareLb;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Position;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Settings of the mesh as a whole. Source: Istio `MeshConfig`.
public record MeshConfig(
        Ports ports,
        Duration connectTimeout,
        Duration protocolDetectionTimeout,
        Optional<Keepalive> tcpKeepalive,
        boolean enableAutoMtls,
        Optional<OutboundPolicy> outboundTrafficPolicy,
        boolean inboundLocalhost,
        Identity identity,
        ExportTo exportTo,
        AccessLog accessLog,
        Tracing tracing,
        Nearness nearness,
        HttpDefaults http,
        Tls tls,
        Tls tlsDefaults,
        List<ExtensionProvider> extensionProviders,
        Map<String, List<String>> defaultProviders,
        ProxyDefaults proxy,
        StatNames statNames,
        Optional<Duration> dnsRefreshRate,
        Baseline baseline,
        ClusterLocal clusterLocal,
        EntryVisibility entryVisibility,
        IngressSettings ingress) {

    private static final String ALL = "*";
    private static final String LOOK_UP_ANY = "ALLOW_ANY_DYNAMIC_DNS";

    /// @param httpProxy 0 for none
    public record Ports(int outbound, int inbound, int httpProxy) {}

    /// @param anchors authorities trusted beside the mesh's own
    public record Identity(
            String rootNamespace, String trustDomain, List<String> trustDomainAliases, List<TrustAnchor> anchors) {
        /// The domains whose workloads may connect: the mesh's own, its aliases, those that anchors name.
        public List<String> admitted() {
            Set<String> domains = new LinkedHashSet<>();
            domains.add(trustDomain);
            domains.addAll(trustDomainAliases);
            anchors.forEach(anchor -> domains.addAll(anchor.trustDomains()));
            return List.copyOf(domains);
        }
    }

    /// Who sees a resource that does not say.
    public record ExportTo(List<String> services, List<String> virtualServices, List<String> destinationRules) {}

    /// @param file empty for none
    /// @param format empty for the default
    /// @param collector what `enableEnvoyAccessLogService` sends entries to; empty for none
    public record AccessLog(
            String file, String format, boolean json, Optional<NamedServer> collector, boolean listenerLog) {}

    /// @param defaults for every proxy
    /// @param tls towards the collector; empty: plain text
    public record Tracing(
            boolean enabled, ProxyTracing defaults, Optional<ZipkinAddress> zipkin, Optional<ClientTls> tls) {}

    public record ZipkinAddress(String host, int port) {}

    /// How near endpoints are preferred where no rule says it: by zone where that is set, else by locality, which is
    /// by distance unless the mesh says otherwise.
    public record Nearness(Optional<LocalityLb> locality, Optional<ZoneAwareLb> zoneAware) {}

    /// @param normalization `DEFAULT`, `NONE`, `BASE`, `MERGE_SLASHES` or `DECODE_AND_MERGE_SLASHES`
    public record HttpDefaults(String h2UpgradePolicy, String normalization, Optional<Retries> retries) {}

    /// Of mutual TLS within the mesh, or of all other TLS; empty lists leave it to the proxy.
    public record Tls(String minimumProtocol, List<String> cipherSuites, List<String> ecdhCurves) {}

    public record ExtensionProvider(String name, String kind, Mapping settings) {}

    /// What holds of connections where no DestinationRule says anything of such parts. Source: Istio,
    /// `MeshConfig.defaultTrafficPolicy`.
    public record Baseline(Optional<ConnectionPool> connectionPool, Optional<OutlierDetection> outlierDetection) {
        public static final Baseline NONE = new Baseline(Optional.empty(), Optional.empty());

        private static Baseline of(Reader in) {
            return new Baseline(
                    in.object("connectionPool", ConnectionPool::of),
                    in.object("outlierDetection", OutlierDetection::of));
        }
    }

    public record StatNames(String inbound, String outbound) {}

    public static MeshConfig defaults() {
        return of(new Mapping(Map.of(), Position.UNKNOWN)).value();
    }

    /// Binds a document of Istio's shape; what it does not set has Istio's defaults.
    public static Bound<MeshConfig> of(Mapping document) {
        return Reader.document(document, "MeshConfig", MeshConfig::read);
    }

    private static MeshConfig read(Reader in) {
        in.noEffectNeeded(
                "configSources",
                "enablePrometheusMerge",
                "ca",
                "discoverySelectors",
                "verifyCertificateAtClient",
                "certificates");
        in.notYet("hboneIdleTimeout", "serviceScopeConfigs");
        return new MeshConfig(
                new Ports(
                        in.integer("proxyListenPort").orElse(15001),
                        in.integer("proxyInboundListenPort").orElse(15006),
                        in.integer("proxyHttpPort").orElse(0)),
                in.duration("connectTimeout").orElse(Duration.ofSeconds(10)),
                in.duration("protocolDetectionTimeout").orElse(Duration.ZERO),
                in.object("tcpKeepalive", Keepalive::of),
                in.flagIfSet("enableAutoMtls").orElse(true),
                in.object("outboundTrafficPolicy", OutboundPolicy::of),
                in.object("inboundTrafficPolicy", p -> p.text("mode", ""))
                        .orElse("")
                        .equals("LOCALHOST"),
                new Identity(
                        in.text("rootNamespace", "istio-system"),
                        in.text("trustDomain", "cluster.local"),
                        in.texts("trustDomainAliases"),
                        in.objects("caCertificates", TrustAnchor::of)),
                new ExportTo(
                        orAll(in.texts("defaultServiceExportTo")),
                        orAll(in.texts("defaultVirtualServiceExportTo")),
                        orAll(in.texts("defaultDestinationRuleExportTo"))),
                new AccessLog(
                        in.text("accessLogFile", ""),
                        in.text("accessLogFormat", ""),
                        in.text("accessLogEncoding", "TEXT").equals("JSON"),
                        in.flag("enableEnvoyAccessLogService")
                                ? ofProxies(in)
                                        .object("envoyAccessLogService", NamedServer::of)
                                        .flatMap(server -> server)
                                : Optional.empty(),
                        !in.flag("disableEnvoyListenerLog")),
                new Tracing(in.flag("enableTracing"), tracing(in), zipkin(in), collectorTls(in)),
                new Nearness(
                        in.object("localityLbSetting", LocalityLb::of).or(() -> Optional.of(LocalityLb.BY_DISTANCE)),
                        in.object("zoneAwareLbSetting", ZoneAwareLb::of)),
                new HttpDefaults(
                        in.text("h2UpgradePolicy", "DO_NOT_UPGRADE"),
                        in.object("pathNormalization", p -> p.text("normalization", "DEFAULT"))
                                .orElse("DEFAULT"),
                        in.object("defaultHttpRetryPolicy", Retries::of)),
                tls(in, "meshMTLS"),
                tls(in, "tlsDefaults"),
                in.objects("extensionProviders", MeshConfig::provider),
                in.object("defaultProviders", MeshConfig::providersBySignal).orElse(Map.of()),
                in.object("defaultConfig", ProxyDefaults::of).orElse(ProxyDefaults.NONE),
                new StatNames(in.text("inboundClusterStatName", ""), in.text("outboundClusterStatName", "")),
                in.duration("dnsRefreshRate"),
                in.object("defaultTrafficPolicy", Baseline::of).orElse(Baseline.NONE),
                ClusterLocal.of(in),
                in.object("serviceEntryVisibility", EntryVisibility::of).orElse(EntryVisibility.ALL),
                IngressSettings.of(in));
    }

    private static List<String> orAll(List<String> list) {
        return list.isEmpty() ? List.of(ALL) : list;
    }

    private static Tls tls(Reader in, String name) {
        return in.object(
                        name,
                        t -> new Tls(
                                t.text("minProtocolVersion", "TLS_AUTO"),
                                CipherSuites.of(t, "cipherSuites"),
                                t.texts("ecdhCurves")))
                .orElse(new Tls("TLS_AUTO", List.of(), List.of()));
    }

    private static ProxyTracing tracing(Reader in) {
        return ofProxies(in).object("tracing", ProxyTracing::of).orElse(ProxyTracing.NONE);
    }

    private static Optional<ClientTls> collectorTls(Reader in) {
        return ofProxies(in).object("tracing", NamedServer::tls).flatMap(tls -> tls);
    }

    private static Fields ofProxies(Reader in) {
        return new Fields(mappingOf(in.node("defaultConfig")));
    }

    private static Optional<ZipkinAddress> zipkin(Reader in) {
        return ofProxies(in)
                .object("tracing", t -> t.object("zipkin", z -> z.text("address")))
                .flatMap(z -> z)
                .flatMap(a -> a)
                .map(address -> {
                    int colon = address.lastIndexOf(':');
                    return colon < 0
                            ? new ZipkinAddress(address, 9411)
                            : new ZipkinAddress(
                                    address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
                });
    }

    private static Mapping mappingOf(Optional<Node> node) {
        return node.orElse(null) instanceof Mapping found ? found : new Mapping(Map.of(), Position.UNKNOWN);
    }

    private static ExtensionProvider provider(Reader in) {
        String name = in.text("name", "");
        for (String kind : in.names()) {
            if (!kind.equals("name")) {
                return new ExtensionProvider(name, kind, mappingOf(in.node(kind)));
            }
        }
        return new ExtensionProvider(name, "", mappingOf(Optional.empty()));
    }

    private static Map<String, List<String>> providersBySignal(Reader in) {
        return Map.of(
                "tracing", in.texts("tracing"),
                "metrics", in.texts("metrics"),
                "accessLogging", in.texts("accessLogging"));
    }

    /// Whether traffic to hosts that no registry knows may leave a proxy.
    public boolean allowsAnyOutbound() {
        return outboundTrafficPolicy.map(p -> allowsAny(p.mode())).orElse(true);
    }

    static boolean allowsAny(String mode) {
        return mode.equals("ALLOW_ANY") || mode.equals(LOOK_UP_ANY);
    }

    /// Whether such hosts are looked up by the names that plain HTTP requests ask for.
    boolean looksUpAnyOutbound() {
        return outboundTrafficPolicy.filter(p -> p.mode().equals(LOOK_UP_ANY)).isPresent();
    }

    public Optional<ExtensionProvider> extensionProvider(String name) {
        return extensionProviders.stream().filter(p -> p.name().equals(name)).findFirst();
    }
}
