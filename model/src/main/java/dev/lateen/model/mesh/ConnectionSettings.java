package dev.lateen.model.mesh;

import dev.lateen.model.istio.Reader;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// Limits at a proxy's edges; what is empty is left to the proxy. Source: Istio, `ProxyConfig.connectionSettings`.
/// Thread: any.
///
/// @param edge whether gateways have the limits that Envoy advises at the edge, where nothing else is said
public record ConnectionSettings(boolean edge, Buffers buffers, Times times, Http2 http2, Normalizing normalizing) {
    public static final ConnectionSettings NONE =
            new ConnectionSettings(false, Buffers.NONE, Times.NONE, Http2.NONE, Normalizing.NONE);

    /// Bytes that may wait on one connection.
    public record Buffers(OptionalInt listener, OptionalInt cluster) {
        static final Buffers NONE = new Buffers(OptionalInt.empty(), OptionalInt.empty());
        private static final int EDGE_LISTENER = 32 * 1024;
    }

    /// Of what comes in by HTTP; zero is no limit.
    ///
    /// @param idle of a connection without requests
    /// @param drain how long a connection that is being closed still takes requests
    /// @param request until it is received whole
    /// @param streamIdle of a request on which nothing moves
    public record Times(
            Optional<Duration> idle,
            Optional<Duration> maxConnection,
            Optional<Duration> drain,
            Optional<Duration> request,
            Optional<Duration> requestHeaders,
            Optional<Duration> streamIdle,
            Optional<Duration> maxStream) {
        static final Times NONE = new Times(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());

        private static Times of(Reader in) {
            return new Times(
                    in.duration("httpIdleTimeout"),
                    in.duration("httpMaxConnectionDuration"),
                    in.duration("httpDrainTimeout"),
                    in.duration("httpRequestTimeout"),
                    in.duration("httpRequestHeadersTimeout"),
                    in.duration("httpStreamIdleTimeout"),
                    in.duration("httpMaxStreamDuration"));
        }

        private Times atEdge() {
            return new Times(
                    or(idle, Duration.ofHours(1)),
                    maxConnection,
                    drain,
                    or(request, Duration.ofMinutes(5)),
                    or(requestHeaders, Duration.ofMinutes(1)),
                    or(streamIdle, Duration.ofMinutes(5)),
                    maxStream);
        }

        private static Optional<Duration> or(Optional<Duration> set, Duration otherwise) {
            return set.or(() -> Optional.of(otherwise));
        }
    }

    /// Windows are in bytes.
    public record Http2(OptionalInt maxConcurrentStreams, OptionalInt streamWindow, OptionalInt connectionWindow) {
        /// Envoy refuses what is less, and the whole listener.
        private static final int SMALLEST_WINDOW = 65_535;

        static final Http2 NONE = new Http2(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());

        private static Http2 of(Reader in) {
            return new Http2(
                    atLeast(1, in, "httpMaxConcurrentStreams"),
                    atLeast(SMALLEST_WINDOW, in, "http2InitialStreamWindowSize"),
                    atLeast(SMALLEST_WINDOW, in, "http2InitialConnectionWindowSize"));
        }

        private Http2 atEdge() {
            return new Http2(
                    or(maxConcurrentStreams, 100), or(streamWindow, 64 * 1024), or(connectionWindow, 1024 * 1024));
        }
    }

    /// Goes before `pathNormalization` of the mesh.
    ///
    /// @param underscores `ALLOW`, `REJECT_REQUEST` or `DROP_HEADER`: of headers with underscores in their names
    /// @param escapedSlashes `KEEP_UNCHANGED`, `REJECT_REQUEST`, `UNESCAPE_AND_REDIRECT` or `UNESCAPE_AND_FORWARD`
    public record Normalizing(
            Optional<String> underscores, Optional<Boolean> mergeSlashes, Optional<String> escapedSlashes) {
        static final Normalizing NONE = new Normalizing(Optional.empty(), Optional.empty(), Optional.empty());
        private static final String UNDERSCORES = "HEADERS_WITH_UNDERSCORES_";
        private static final String SLASHES = "PATH_WITH_ESCAPED_SLASHES_";
        private static final String UNSPECIFIED = "UNSPECIFIED";

        private static Normalizing of(Reader in) {
            return new Normalizing(
                    action(in, "httpHeadersWithUnderscoresAction", UNDERSCORES),
                    in.flagIfSet("httpMergeSlashes"),
                    action(in, "httpPathWithEscapedSlashesAction", SLASHES));
        }

        /// Istio's names, as those of an enum may have its own before them.
        private static Optional<String> action(Reader in, String name, String prefix) {
            return in.text(name)
                    .map(text -> text.startsWith(prefix) ? text.substring(prefix.length()) : text)
                    .filter(action -> !action.equals(UNSPECIFIED));
        }

        private Normalizing atEdge() {
            return new Normalizing(
                    underscores.or(() -> Optional.of("REJECT_REQUEST")),
                    mergeSlashes.or(() -> Optional.of(true)),
                    escapedSlashes.or(() -> Optional.of("UNESCAPE_AND_REDIRECT")));
        }
    }

    static ConnectionSettings of(Reader in) {
        in.notYet("listenerConnectionLimit", "globalDownstreamConnectionLimit");
        return new ConnectionSettings(
                in.text("profile", "").equals("EDGE"),
                new Buffers(
                        natural(in, "listenerPerConnectionBufferLimitBytes"),
                        natural(in, "clusterPerConnectionBufferLimitBytes")),
                Times.of(in),
                Http2.of(in),
                Normalizing.of(in));
    }

    private static OptionalInt natural(Reader in, String name) {
        return atLeast(0, in, name);
    }

    /// Smaller numbers have no effect, which is reported.
    private static OptionalInt atLeast(int least, Reader in, String name) {
        OptionalInt number = in.integer(name);
        if (number.isPresent() && number.getAsInt() < least) {
            in.notYet(name);
            return OptionalInt.empty();
        }
        return number;
    }

    private static OptionalInt or(OptionalInt set, int otherwise) {
        return set.isPresent() ? set : OptionalInt.of(otherwise);
    }

    /// As they hold of a gateway, which may stand at the edge.
    ConnectionSettings ofRouter() {
        return edge
                ? new ConnectionSettings(
                        true,
                        new Buffers(or(buffers.listener, Buffers.EDGE_LISTENER), buffers.cluster),
                        times.atEdge(),
                        http2.atEdge(),
                        normalizing.atEdge())
                : this;
    }
}
