package dev.lateen.proxy.stream;

/// Envoy's response flags: what kept a request or connection from its ordinary end.
///
/// Source: Envoy access log documentation, `%RESPONSE_FLAGS%` and `%RESPONSE_FLAGS_LONG%`.
public enum ResponseFlag {
    NO_HEALTHY_UPSTREAM("UH", "NoHealthyUpstream"),
    UPSTREAM_CONNECTION_FAILURE("UF", "UpstreamConnectionFailure"),
    UPSTREAM_OVERFLOW("UO", "UpstreamOverflow"),
    NO_ROUTE_FOUND("NR", "NoRouteFound"),
    UPSTREAM_RETRY_LIMIT_EXCEEDED("URX", "UpstreamRetryLimitExceeded"),
    NO_CLUSTER_FOUND("NC", "NoClusterFound"),
    DURATION_TIMEOUT("DT", "DurationTimeout"),
    DOWNSTREAM_CONNECTION_TERMINATION("DC", "DownstreamConnectionTermination"),
    FAILED_LOCAL_HEALTH_CHECK("LH", "FailedLocalHealthCheck"),
    UPSTREAM_REQUEST_TIMEOUT("UT", "UpstreamRequestTimeout"),
    LOCAL_RESET("LR", "LocalReset"),
    UPSTREAM_REMOTE_RESET("UR", "UpstreamRemoteReset"),
    UPSTREAM_CONNECTION_TERMINATION("UC", "UpstreamConnectionTermination"),
    DELAY_INJECTED("DI", "DelayInjected"),
    FAULT_INJECTED("FI", "FaultInjected"),
    RATE_LIMITED("RL", "RateLimited"),
    UNAUTHORIZED_EXTERNAL_SERVICE("UAEX", "UnauthorizedExternalService"),
    RATE_LIMIT_SERVICE_ERROR("RLSE", "RateLimitServiceError"),
    INVALID_ENVOY_REQUEST_HEADERS("IH", "InvalidEnvoyRequestHeaders"),
    STREAM_IDLE_TIMEOUT("SI", "StreamIdleTimeout"),
    DOWNSTREAM_PROTOCOL_ERROR("DPE", "DownstreamProtocolError"),
    UPSTREAM_PROTOCOL_ERROR("UPE", "UpstreamProtocolError"),
    UPSTREAM_MAX_STREAM_DURATION_REACHED("UMSDR", "UpstreamMaxStreamDurationReached"),
    OVERLOAD_MANAGER("OM", "OverloadManagerTerminated"),
    DNS_RESOLUTION_FAILED("DF", "DnsResolutionFailed"),
    DOWNSTREAM_REMOTE_RESET("DR", "DownstreamRemoteReset");

    private final String code;
    private final String longName;

    ResponseFlag(String code, String longName) {
        this.code = code;
        this.longName = longName;
    }

    /// The short form in logs and metrics, such as `UH`.
    public String code() {
        return code;
    }

    /// The long form in logs, such as `NoHealthyUpstream`.
    public String longName() {
        return longName;
    }
}
