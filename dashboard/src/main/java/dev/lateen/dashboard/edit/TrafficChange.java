package dev.lateen.dashboard.edit;

import java.util.Map;

/// What somebody wants to become of the traffic to a service.
///
/// Thread: any (immutable).
public sealed interface TrafficChange {
    /// Each version gets its share.
    ///
    /// @param weights by version, 100 in all
    record Shift(Map<String, Integer> weights) implements TrafficChange {}

    /// How long callers wait, and how often they try; what is empty is left to the mesh.
    ///
    /// @param timeout of the whole
    /// @param attempts after the first
    /// @param perTry of each
    /// @param retryOn conditions, as Envoy names them
    record Patience(String timeout, String attempts, String perTry, String retryOn) implements TrafficChange {}

    /// Requests that are held up or refused on purpose; what is empty does not happen.
    ///
    /// @param delay such as `2s`
    /// @param delayed percent of requests; all of them where it is empty
    /// @param status of HTTP
    /// @param aborted percent of requests; all of them where it is empty
    record Fault(String delay, String delayed, String status, String aborted) implements TrafficChange {}

    /// When a service gets no more, or an instance none for a while; what is empty is left to the mesh.
    ///
    /// @param connections over TCP
    /// @param pending requests that wait for a connection
    /// @param requests at one time
    /// @param errors 5xx in a row after which an instance is left out
    /// @param interval between looks
    /// @param ejection for how long at least
    /// @param percent of instances that may be left out
    record Breaker(
            String connections,
            String pending,
            String requests,
            String errors,
            String interval,
            String ejection,
            String percent)
            implements TrafficChange {}
}
