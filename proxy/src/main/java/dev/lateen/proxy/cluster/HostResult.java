package dev.lateen.proxy.cluster;

/// How an attempt at a host went, for outlier detection.
public enum HostResult {
    SUCCESS,
    /// A 5xx other than a gateway error.
    SERVER_ERROR,
    /// 502, 503 or 504.
    GATEWAY_ERROR,
    /// We gave up waiting.
    LOCAL_TIMEOUT,
    /// No connection, or it broke before the response began.
    LOCAL_FAILURE,
    /// A connection was made (TCP proxying).
    LOCAL_SUCCESS;

    private static final int SERVER_ERROR_STATUS = 500;

    /// The result that a response's status stands for.
    public static HostResult ofStatus(int status) {
        return switch (status) {
            case 502, 503, 504 -> GATEWAY_ERROR;
            default -> status >= SERVER_ERROR_STATUS ? SERVER_ERROR : SUCCESS;
        };
    }
}
