package dev.lateen.proxy.route;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.MetadataMatcher;
import dev.lateen.proxy.stream.StreamInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a request must look like for a route; every part must match.
///
/// Source: envoy.config.route.v3.RouteMatch. Thread: any (immutable).
///
/// @param metadata what filters have left, such as the claims of a token; nothing is there when a request
///     begins, so a filter that leaves some has the route decided again
/// @param share `Fraction.ALL` where every request may match
public record RouteMatch(
        PathMatcher path,
        List<HeaderMatcher> headers,
        List<QueryMatcher> query,
        List<MetadataMatcher> metadata,
        boolean grpcOnly,
        Fraction share) {
    public RouteMatch {
        headers = List.copyOf(headers);
        query = List.copyOf(query);
        metadata = List.copyOf(metadata);
    }

    /// @param pathOnly the request's path without its query
    /// @param random decides for shares; any value, the same for one request
    public boolean matches(RequestHead head, String pathOnly, long random, StreamInfo info) {
        if (!path.matches(head, pathOnly) || !share(random)) {
            return false;
        }
        for (int index = 0; index < headers.size(); index++) {
            if (!headers.get(index).matches(head)) {
                return false;
            }
        }
        for (int index = 0; index < query.size(); index++) {
            if (!query.get(index).matches(head.path())) {
                return false;
            }
        }
        for (int index = 0; index < metadata.size(); index++) {
            MetadataMatcher matcher = metadata.get(index);
            if (!matcher.matches(info.metadata(matcher.namespace(), matcher.path()))) {
                return false;
            }
        }
        return !grpcOnly || isGrpc(head.headers());
    }

    private boolean share(long random) {
        return share.numerator() >= share.denominator() || (random >>> 1) % share.denominator() < share.numerator();
    }

    /// Whether the content type is `application/grpc` or begins with `application/grpc+`.
    public static boolean isGrpc(Headers headers) {
        return isGrpc(headers.get("content-type"));
    }

    public static boolean isGrpc(@Nullable String contentType) {
        return contentType != null
                && contentType.startsWith("application/grpc")
                && (contentType.length() == 16 || contentType.charAt(16) == '+' || contentType.charAt(16) == ';');
    }
}
