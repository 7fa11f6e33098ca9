package dev.lateen.model.analyze;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An annotation that Istio documents.
///
/// @param kinds that it may stand on; `Any` for all
/// @param alpha whether its feature is in its alpha phase
record KnownAnnotation(List<String> kinds, boolean alpha, boolean deprecated) {
    /// One a line: name, kinds, phase, and what else. Those that a control plane writes itself count as stable, since
    /// nobody has chosen them. Source: Istio, "Resource Annotations".
    private static final String TABLE = """
            alpha.istio.io/canonical-serviceaccounts Service alpha deprecated
            alpha.istio.io/identity Pod alpha deprecated
            alpha.istio.io/kubernetes-serviceaccounts Service alpha deprecated
            ambient.istio.io/bypass-inbound-capture Pod alpha
            ambient.istio.io/dns-capture Pod alpha
            ambient.istio.io/redirection Any stable
            ambient.istio.io/waypoint-inbound-binding GatewayClass alpha
            galley.istio.io/analyze-suppress Any alpha
            gateway.istio.io/controller-version Any stable
            gateway.istio.io/name-override Gateway alpha
            gateway.istio.io/service-account Gateway alpha
            gateway.istio.io/tls-cipher-suites Gateway alpha
            gateway.istio.io/tls-terminate-mode Gateway alpha
            inject.istio.io/templates Pod alpha
            install.operator.istio.io/chart-owner Any alpha
            install.operator.istio.io/owner-generation Any alpha
            install.operator.istio.io/version Any alpha
            internal.istio.io/gateway-semantics Any stable
            internal.istio.io/parents Any stable
            internal.istio.io/route-semantics Any stable
            istio.io/autoRegistrationGroup WorkloadEntry alpha
            istio.io/connectedAt WorkloadEntry alpha
            istio.io/disconnectedAt WorkloadEntry alpha
            istio.io/dry-run AuthorizationPolicy alpha
            istio.io/rev Pod stable
            istio.io/workloadController WorkloadEntry alpha
            kubernetes.io/ingress.class Ingress stable
            networking.istio.io/address-type Gateway alpha
            networking.istio.io/exportTo Service alpha
            networking.istio.io/service-type Gateway alpha
            networking.istio.io/traffic-distribution Service,ServiceEntry,Namespace alpha
            prometheus.istio.io/merge-metrics Pod alpha
            proxy.istio.io/config Pod beta
            proxy.istio.io/overrides Pod alpha
            readiness.status.sidecar.istio.io/applicationPorts Pod alpha
            readiness.status.sidecar.istio.io/failureThreshold Pod alpha
            readiness.status.sidecar.istio.io/initialDelaySeconds Pod alpha
            readiness.status.sidecar.istio.io/periodSeconds Pod alpha
            sidecar.istio.io/agentLogLevel Pod alpha
            sidecar.istio.io/bootstrapOverride Pod alpha
            sidecar.istio.io/componentLogLevel Pod alpha
            sidecar.istio.io/controlPlaneAuthPolicy Pod stable deprecated
            sidecar.istio.io/discoveryAddress Pod alpha deprecated
            sidecar.istio.io/enableCoreDump Pod alpha
            sidecar.istio.io/extraStatTags Pod alpha
            sidecar.istio.io/inject Pod beta deprecated
            sidecar.istio.io/interceptionMode Pod alpha
            sidecar.istio.io/logLevel Pod alpha
            sidecar.istio.io/nativeSidecar Pod alpha
            sidecar.istio.io/proxyCPU Pod alpha
            sidecar.istio.io/proxyCPULimit Pod alpha
            sidecar.istio.io/proxyImage Pod alpha
            sidecar.istio.io/proxyImageType Pod alpha
            sidecar.istio.io/proxyMemory Pod alpha
            sidecar.istio.io/proxyMemoryLimit Pod alpha
            sidecar.istio.io/rewriteAppHTTPProbers Pod alpha
            sidecar.istio.io/statsCompression Pod alpha
            sidecar.istio.io/statsEvictionInterval Pod alpha
            sidecar.istio.io/statsFlushInterval Pod alpha
            sidecar.istio.io/statsHistogramBins Pod alpha
            sidecar.istio.io/statsHistogramBuckets Pod alpha
            sidecar.istio.io/statsInclusionPrefixes Pod alpha deprecated
            sidecar.istio.io/statsInclusionRegexps Pod alpha deprecated
            sidecar.istio.io/statsInclusionSuffixes Pod alpha deprecated
            sidecar.istio.io/status Pod alpha
            sidecar.istio.io/userVolume Pod alpha
            sidecar.istio.io/userVolumeMount Pod alpha
            status.sidecar.istio.io/port Pod alpha
            topology.istio.io/controlPlaneClusters Namespace alpha
            traffic.sidecar.istio.io/excludeInboundPorts Pod alpha
            traffic.sidecar.istio.io/excludeInterfaces Pod alpha
            traffic.sidecar.istio.io/excludeOutboundIPRanges Pod alpha
            traffic.sidecar.istio.io/excludeOutboundPorts Pod alpha
            traffic.sidecar.istio.io/includeInboundPorts Pod alpha
            traffic.sidecar.istio.io/includeOutboundIPRanges Pod alpha
            traffic.sidecar.istio.io/includeOutboundPorts Pod alpha
            traffic.sidecar.istio.io/kubevirtInterfaces Pod alpha deprecated
            istio.io/reroute-virtual-interfaces Pod alpha
            """;

    /// All of them by their names.
    static Map<String, KnownAnnotation> all() {
        Map<String, KnownAnnotation> known = new LinkedHashMap<>();
        TABLE.lines().forEach(line -> {
            List<String> words = List.of(line.split(" ", -1));
            known.put(
                    words.get(0),
                    new KnownAnnotation(
                            List.of(words.get(1).split(",", -1)),
                            words.get(2).equals("alpha"),
                            words.contains("deprecated")));
        });
        return Map.copyOf(known);
    }
}
