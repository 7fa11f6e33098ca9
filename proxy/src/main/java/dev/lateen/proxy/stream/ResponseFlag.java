package dev.lateen.proxy.stream;

/// Envoy's response flags: what kept a request or connection from its ordinary end.
///
/// Source: Envoy access log documentation, `%RESPONSE_FLAGS%` and `%RESPONSE_FLAGS_LONG%`.
public enum ResponseFlag {
    NO_HEALTHY_UPSTREAM("UH", "NoHealthyUpstream", 1),
    UPSTREAM_CONNECTION_FAILURE("UF", "UpstreamConnectionFailure", 5),
    UPSTREAM_OVERFLOW("UO", "UpstreamOverflow", 7),
    NO_ROUTE_FOUND("NR", "NoRouteFound", 8),
    UPSTREAM_RETRY_LIMIT_EXCEEDED("URX", "UpstreamRetryLimitExceeded", 15),
    NO_CLUSTER_FOUND("NC", "NoClusterFound", 24),
    DURATION_TIMEOUT("DT", "DurationTimeout", 22),
    DOWNSTREAM_CONNECTION_TERMINATION("DC", "DownstreamConnectionTermination", 14),
    FAILED_LOCAL_HEALTH_CHECK("LH", "FailedLocalHealthCheck", 0),
    UPSTREAM_REQUEST_TIMEOUT("UT", "UpstreamRequestTimeout", 2),
    LOCAL_RESET("LR", "LocalReset", 3),
    UPSTREAM_REMOTE_RESET("UR", "UpstreamRemoteReset", 4),
    UPSTREAM_CONNECTION_TERMINATION("UC", "UpstreamConnectionTermination", 6),
    DELAY_INJECTED("DI", "DelayInjected", 9),
    FAULT_INJECTED("FI", "FaultInjected", 10),
    RATE_LIMITED("RL", "RateLimited", 11),
    UNAUTHORIZED_EXTERNAL_SERVICE("UAEX", "UnauthorizedExternalService", 12),
    RATE_LIMIT_SERVICE_ERROR("RLSE", "RateLimitServiceError", 13),
    INVALID_ENVOY_REQUEST_HEADERS("IH", "InvalidEnvoyRequestHeaders", 17),
    STREAM_IDLE_TIMEOUT("SI", "StreamIdleTimeout", 16),
    DOWNSTREAM_PROTOCOL_ERROR("DPE", "DownstreamProtocolError", 18),
    UPSTREAM_PROTOCOL_ERROR("UPE", "UpstreamProtocolError", 23),
    UPSTREAM_MAX_STREAM_DURATION_REACHED("UMSDR", "UpstreamMaxStreamDurationReached", 19),
    OVERLOAD_MANAGER("OM", "OverloadManagerTerminated", 25),
    DNS_RESOLUTION_FAILED("DF", "DnsResolutionFailed", 26),
    DOWNSTREAM_REMOTE_RESET("DR", "DownstreamRemoteReset", 28);

    private final String code;
    private final String longName;
    private final long bit;

    /// @param place of its bit among Envoy's
    ResponseFlag(String code, String longName, int place) {
        this.code = code;
        this.longName = longName;
        this.bit = 1L << place;
    }

    /// The short form in logs and metrics, such as `UH`.
    public String code() {
        return code;
    }

    /// The long form in logs, such as `NoHealthyUpstream`.
    public String longName() {
        return longName;
    }

    /// Of the number that expressions know as `response.flags`.
    public long bit() {
        return bit;
    }
}
