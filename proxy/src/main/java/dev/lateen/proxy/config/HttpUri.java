package dev.lateen.proxy.config;

import java.time.Duration;

/// A URI and the cluster through which it is reached.
///
/// Source: envoy.config.core.v3.HttpUri. Thread: any (immutable).
///
/// @param path with its query
/// @param timeout zero means none
public record HttpUri(String cluster, String scheme, String authority, String path, Duration timeout) {
    static HttpUri of(io.envoyproxy.envoy.config.core.v3.HttpUri uri, Place at) {
        String text = uri.getUri();
        int scheme = text.indexOf("://");
        at.field("uri")
                .require(scheme > 0 && text.length() > scheme + 3, "'" + text + "' (expected: scheme://host/path)");
        int slash = text.indexOf('/', scheme + 3);
        at.field("cluster").require(!uri.getCluster().isEmpty(), "is empty (expected: the name of a cluster)");
        at.field("timeout").require(uri.hasTimeout(), "is missing");
        return new HttpUri(
                uri.getCluster(),
                text.substring(0, scheme),
                slash < 0 ? text.substring(scheme + 3) : text.substring(scheme + 3, slash),
                slash < 0 ? "/" : text.substring(slash),
                CommonDecoder.duration(uri.getTimeout(), at.field("timeout")));
    }
}
