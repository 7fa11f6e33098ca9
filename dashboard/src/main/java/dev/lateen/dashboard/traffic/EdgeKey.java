package dev.lateen.dashboard.traffic;

/// Between whom requests or connections go, by which service name, and who says so.
///
/// @param service what was asked for
/// @param protocol as Istio's label has it: `http`, `grpc`, `tcp`
/// @param reporter whose proxy counted
public record EdgeKey(Party source, Party destination, ServiceName service, String protocol, Reporter reporter) {
    public enum Reporter {
        SOURCE,
        DESTINATION
    }

    /// @param host the whole name, such as `user-service.default.svc.cluster.local`
    public record ServiceName(String namespace, String name, String host) {
        public static final ServiceName NONE = new ServiceName("", "", "");

        public boolean isKnown() {
            return !name.isEmpty();
        }
    }
}
