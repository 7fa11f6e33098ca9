package dev.lateen.proxy.authz;

import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.MetadataMatcher;
import dev.lateen.proxy.config.StringMatcher;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which server decides about requests, what it is told and what becomes of its answer.
///
/// Source: envoy.extensions.filters.http.ext_authz.v3.ExtAuthz. Thread: any (immutable).
public record ExtAuthzConfig(
        Service service, Question question, Condition condition, Failure failure, boolean reroutes, String statPrefix) {
    /// Who is asked. A timeout of zero means none.
    public sealed interface Service {
        String cluster();

        Duration timeout();
    }

    /// @param pathPrefix before the request's own path
    /// @param headersToAdd set in the question
    public record Http(
            String cluster,
            Duration timeout,
            String pathPrefix,
            Headers allowed,
            Map<String, String> headersToAdd,
            AnswerHeaders answer)
            implements Service {}

    /// @param authority of the question
    public record Grpc(String cluster, Duration timeout, String authority, Map<String, String> metadata)
            implements Service {}

    /// Names of headers. Those of an empty list are none.
    public record Headers(List<StringMatcher> names) {
        public static final Headers NONE = new Headers(List.of());

        public boolean has(String name) {
            for (int index = 0; index < names.size(); index++) {
                if (names.get(index).matches(name)) {
                    return true;
                }
            }
            return false;
        }

        public boolean isEmpty() {
            return names.isEmpty();
        }
    }

    /// Which headers of an answer by HTTP go where.
    ///
    /// @param upstream set in the request that passes
    /// @param upstreamAppended added to it
    /// @param refused sent to the client that is refused; none named: all
    /// @param passed sent to the client with the upstream's response
    /// @param metadata put into the metadata
    public record AnswerHeaders(
            Headers upstream, Headers upstreamAppended, Headers refused, Headers passed, Headers metadata) {}

    /// What the server is told.
    ///
    /// @param headers only these; absent: all (gRPC), or the fewest (HTTP)
    /// @param withheld not these
    /// @param body how much of the body; absent: nothing
    /// @param metadata namespaces of it
    /// @param serverName whether the name that TLS asked for is told
    public record Question(
            Optional<Headers> headers,
            Headers withheld,
            Optional<Body> body,
            List<String> metadata,
            boolean serverName) {}

    /// @param cut whether a longer body is cut off, rather than refused
    /// @param binary as bytes, rather than as text
    public record Body(int maxBytes, boolean cut, boolean binary) {}

    /// Which requests are asked about.
    public record Condition(Fraction share, Optional<MetadataMatcher> metadata) {}

    /// What happens where the server does not answer.
    ///
    /// @param allows let the request pass
    /// @param marks tell the upstream so
    /// @param status for those that may not
    public record Failure(boolean allows, boolean marks, int status) {}

    /// What a route says: no question, or more to tell.
    ///
    /// @param asksNot no question at all
    /// @param withoutBody whatever the filter says of it
    public record Route(boolean asksNot, Map<String, String> context, boolean withoutBody, Optional<Body> body) {}
}
