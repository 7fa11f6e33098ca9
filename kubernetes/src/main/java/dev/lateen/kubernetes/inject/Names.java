package dev.lateen.kubernetes.inject;

/// Names that the mesh shares with Istio's tools: containers, labels and annotations.
final class Names {
    static final String PROXY = "istio-proxy";
    static final String INIT = "istio-init";
    static final String VALIDATION = "istio-validation";

    static final String INJECT = "sidecar.istio.io/inject";
    static final String REVISION = "istio.io/rev";
    static final String STATUS = "sidecar.istio.io/status";
    static final String OVERRIDES = "proxy.istio.io/overrides";
    static final String PROXY_CONFIG = "proxy.istio.io/config";
    static final String TEMPLATES = "inject.istio.io/templates";
    static final String NATIVE_SIDECAR = "sidecar.istio.io/nativeSidecar";
    static final String REWRITE_PROBES = "sidecar.istio.io/rewriteAppHTTPProbers";
    static final String MERGE_METRICS = "prometheus.istio.io/merge-metrics";
    static final String NETWORK = "topology.istio.io/network";
    static final String CANONICAL_NAME = "service.istio.io/canonical-name";
    static final String CANONICAL_REVISION = "service.istio.io/canonical-revision";
    static final String TLS_MODE = "security.istio.io/tlsMode";
    static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";
    static final String DEFAULT_LOGS_CONTAINER = "kubectl.kubernetes.io/default-logs-container";

    static final String INTERCEPTION_MODE = "sidecar.istio.io/interceptionMode";
    static final String STATUS_PORT = "status.sidecar.istio.io/port";
    static final String INCLUDE_IP_RANGES = "traffic.sidecar.istio.io/includeOutboundIPRanges";
    static final String EXCLUDE_IP_RANGES = "traffic.sidecar.istio.io/excludeOutboundIPRanges";
    static final String INCLUDE_INBOUND_PORTS = "traffic.sidecar.istio.io/includeInboundPorts";
    static final String EXCLUDE_INBOUND_PORTS = "traffic.sidecar.istio.io/excludeInboundPorts";
    static final String INCLUDE_OUTBOUND_PORTS = "traffic.sidecar.istio.io/includeOutboundPorts";
    static final String EXCLUDE_OUTBOUND_PORTS = "traffic.sidecar.istio.io/excludeOutboundPorts";
    static final String EXCLUDE_INTERFACES = "traffic.sidecar.istio.io/excludeInterfaces";
    static final String KUBEVIRT_INTERFACES = "traffic.sidecar.istio.io/kubevirtInterfaces";
    static final String REROUTE_INTERFACES = "istio.io/reroute-virtual-interfaces";
    static final String READINESS = "readiness.status.sidecar.istio.io/";
    static final String BOOTSTRAP_OVERRIDE = "sidecar.istio.io/bootstrapOverride";
    static final String USER_VOLUME = "sidecar.istio.io/userVolume";
    static final String USER_VOLUME_MOUNT = "sidecar.istio.io/userVolumeMount";
    static final String PROXY_IMAGE = "sidecar.istio.io/proxyImage";
    static final String PROXY_IMAGE_TYPE = "sidecar.istio.io/proxyImageType";

    /// Ours: which proxy, `lateen` or `envoy`.
    static final String DATA_PLANE = "lateen.dev/data-plane";

    private Names() {}
}
