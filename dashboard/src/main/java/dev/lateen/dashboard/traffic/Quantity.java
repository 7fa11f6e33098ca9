package dev.lateen.dashboard.traffic;

/// What is summed up of an edge.
public enum Quantity {
    REQUESTS,
    /// Answered with 5xx, with a gRPC error, or not at all.
    FAILED,
    /// Answered with 4xx.
    REFUSED,
    /// Over mutual TLS, requests and connections alike; known to the callee only.
    SECURED,
    /// Without it.
    PLAIN,
    REQUEST_BYTES,
    RESPONSE_BYTES,
    CONNECTIONS,
    SENT_BYTES,
    RECEIVED_BYTES;

    /// @param answer status and flag, such as `503 UH`
    static boolean isFailure(String answer) {
        return answer.startsWith("5") || answer.startsWith("0") || answer.startsWith("grpc");
    }
}
