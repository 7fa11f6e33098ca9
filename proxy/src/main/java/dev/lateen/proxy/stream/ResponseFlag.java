package dev.lateen.proxy.stream;

/// Envoy's response flags: what kept a request or connection from its ordinary end.
///
/// Source: Envoy access log documentation, `%RESPONSE_FLAGS%`.
public enum ResponseFlag {
    NO_HEALTHY_UPSTREAM("UH"),
    UPSTREAM_CONNECTION_FAILURE("UF"),
    UPSTREAM_OVERFLOW("UO"),
    NO_ROUTE_FOUND("NR"),
    UPSTREAM_RETRY_LIMIT_EXCEEDED("URX"),
    NO_CLUSTER_FOUND("NC"),
    DURATION_TIMEOUT("DT"),
    DOWNSTREAM_CONNECTION_TERMINATION("DC"),
    FAILED_LOCAL_HEALTH_CHECK("LH"),
    UPSTREAM_REQUEST_TIMEOUT("UT"),
    LOCAL_RESET("LR"),
    UPSTREAM_REMOTE_RESET("UR"),
    UPSTREAM_CONNECTION_TERMINATION("UC"),
    DELAY_INJECTED("DI"),
    FAULT_INJECTED("FI"),
    RATE_LIMITED("RL"),
    UNAUTHORIZED_EXTERNAL_SERVICE("UAEX"),
    RATE_LIMIT_SERVICE_ERROR("RLSE"),
    INVALID_ENVOY_REQUEST_HEADERS("IH"),
    STREAM_IDLE_TIMEOUT("SI"),
    DOWNSTREAM_PROTOCOL_ERROR("DPE"),
    UPSTREAM_PROTOCOL_ERROR("UPE"),
    UPSTREAM_MAX_STREAM_DURATION_REACHED("UMSDR"),
    OVERLOAD_MANAGER("OM"),
    DOWNSTREAM_REMOTE_RESET("DR");

    private final String code;

    ResponseFlag(String code) {
        this.code = code;
    }

    /// The short form in logs and metrics, such as `UH`.
    public String code() {
        return code;
    }
}
