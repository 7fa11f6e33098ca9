package dev.lateen.model.mesh;

import dev.lateen.model.istio.Reader;

/// What `defaultConfig` says to the control plane. Source: Istio, `MeshConfig.defaultConfig`. Thread: any.
public record ProxyDefaults(String interceptionMode, ProxyTraffic traffic, int statusPort) {
    static final ProxyDefaults NONE = new ProxyDefaults("", ProxyTraffic.NONE, 15020);

    static ProxyDefaults of(Reader in) {
        // Read by injection, and by proxies and agents when they start.
        in.noEffectNeeded(
                "concurrency",
                "controlPlaneAuthPolicy",
                "discoveryAddress",
                "drainDuration",
                "envoyAccessLogService",
                "envoyMetricsService",
                "extraStatTags",
                "holdApplicationUntilProxyStarts",
                "image",
                "meshId",
                "proxyAdminPort",
                "proxyMetadata",
                "proxyStatsMatcher",
                "readinessProbe",
                "runtimeValues",
                "serviceCluster",
                "statsCompression",
                "statsdUdpAddress",
                "terminationDrainDuration",
                "tracingServiceName");
        // Istio reads them no longer either.
        in.noEffectNeeded(
                "availabilityZone", "discoveryRefreshDelay", "parentShutdownDuration", "proxyBootstrapConfig", "sds");
        in.notYet(
                "caCertificatesPem",
                "customConfigFile",
                "envoyMetricsServiceAddress",
                "fileFlushInterval",
                "fileFlushMinSizeKb",
                "privateKeyProvider",
                "proxyBootstrapTemplatePath",
                "zipkinAddress");
        in.notYetUnless("binaryPath", "/usr/local/bin/envoy");
        in.notYetUnless("configPath", "./etc/istio/proxy");
        in.notYetUnless("statNameLength", "189");
        // What it says of spans is read by itself; the address of a collector of another kind is the agent's matter.
        in.object("tracing", tracing -> {
            tracing.noEffectNeeded(
                    "zipkin",
                    "customTags",
                    "datadog",
                    "enableIstioTags",
                    "maxPathTagLength",
                    "sampling",
                    "tlsSettings");
            // Reported where it stands.
            tracing.noEffectNeeded("lightstep", "openCensusAgent");
            tracing.notYet("stackdriver");
            return true;
        });
        return new ProxyDefaults(
                in.text("interceptionMode", ""),
                ProxyTraffic.of(in),
                in.integer("statusPort").orElse(NONE.statusPort));
    }
}
