package dev.lateen.proxy.stream;

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
}
