package dev.lateen.local.probe;

/// What a probe found.
public sealed interface ProbeResult {
    record Success() implements ProbeResult {}

    /// @param reason for the log, such as `HTTP status 503`
    record Failure(String reason) implements ProbeResult {}
}
