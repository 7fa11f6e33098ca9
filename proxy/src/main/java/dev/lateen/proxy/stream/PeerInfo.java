package dev.lateen.proxy.stream;

import org.jspecify.annotations.Nullable;

/// Who is at the other end, as far as metadata exchange, the endpoint's metadata or its certificate told. Text is
/// `unknown` where nothing is known, as Istio's metrics have it.
///
/// Source: Istio standard metrics, labels `source_*` and `destination_*`.
public record PeerInfo(
        String workload,
        String namespace,
        String app,
        String version,
        String canonicalService,
        String canonicalRevision,
        String cluster) {
    public static final String UNKNOWN_TEXT = "unknown";
    public static final PeerInfo UNKNOWN =
            new PeerInfo(UNKNOWN_TEXT, UNKNOWN_TEXT, UNKNOWN_TEXT, UNKNOWN_TEXT, UNKNOWN_TEXT, "latest", UNKNOWN_TEXT);

    /// What a certificate's `spiffe://DOMAIN/ns/NAMESPACE/sa/ACCOUNT` tells: the namespace, not the workload.
    public static PeerInfo ofIdentity(@Nullable String uri) {
        int start = uri == null ? -1 : uri.indexOf("/ns/");
        int end = uri == null ? -1 : uri.indexOf("/sa/");
        return uri == null || start < 0 || end < start + 4
                ? UNKNOWN
                : new PeerInfo(
                        UNKNOWN_TEXT,
                        uri.substring(start + 4, end),
                        UNKNOWN_TEXT,
                        UNKNOWN_TEXT,
                        UNKNOWN_TEXT,
                        "latest",
                        UNKNOWN_TEXT);
    }
}
