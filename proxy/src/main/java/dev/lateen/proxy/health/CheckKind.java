package dev.lateen.proxy.health;

import dev.lateen.proxy.config.StringMatcher;
import java.util.List;
import java.util.Optional;

/// What a host is asked, and which answer is a good one. Payloads are texts of octets (ISO 8859-1).
///
/// Source: envoy.config.core.v3.HealthCheck. Thread: any (immutable).
public sealed interface CheckKind {
    /// @param host of the request; empty: the cluster's name
    /// @param receive what the body has to hold, in this order
    /// @param receiveBytes of the body that are looked at; 0: all
    /// @param service whose name the answer has to show
    record Http(
            String method,
            String host,
            String path,
            boolean http2,
            List<Field> add,
            List<String> remove,
            List<StatusRange> expected,
            List<StatusRange> retriable,
            List<String> receive,
            long receiveBytes,
            Optional<StringMatcher> service)
            implements CheckKind {
        public Http {
            add = List.copyOf(add);
            remove = List.copyOf(remove);
            expected = List.copyOf(expected);
            retriable = List.copyOf(retriable);
            receive = List.copyOf(receive);
        }

        public boolean isExpected(int status) {
            return expected.isEmpty() ? status == 200 : within(expected, status);
        }

        public boolean isRetriable(int status) {
            return within(retriable, status);
        }

        private static boolean within(List<StatusRange> ranges, int status) {
            return ranges.stream().anyMatch(range -> range.start() <= status && status < range.end());
        }
    }

    /// @param send empty for none
    /// @param receive what has to come, in this order; empty: a connection is enough
    record Tcp(String send, List<String> receive) implements CheckKind {
        public Tcp {
            receive = List.copyOf(receive);
        }
    }

    /// The `grpc.health.v1` service.
    ///
    /// @param service whose health is asked for; empty: the server's
    /// @param authority of the call; empty: the cluster's name
    record Grpc(String service, String authority, List<Field> metadata) implements CheckKind {
        public Grpc {
            metadata = List.copyOf(metadata);
        }
    }

    /// @param append to a field of the same name, instead of taking its place
    record Field(String name, String value, boolean append) {}

    /// @param end the first status behind it
    record StatusRange(long start, long end) {}
}
