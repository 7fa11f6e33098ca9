package dev.lateen.proxy.stream;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who is at the other end, as far as metadata exchange, the endpoint's metadata or its certificate told. Text is
/// `unknown` where nothing is known, as Istio's metrics have it.
///
/// Two are equal whatever the replica is: metrics tell workloads apart, not their pods.
///
/// Source: Istio standard metrics, labels `source_*` and `destination_*`.
///
/// @param replica what expressions may say of the one pod
public record PeerInfo(
        String workload,
        String namespace,
        String app,
        String version,
        String canonicalService,
        String canonicalRevision,
        String cluster,
        Replica replica) {
    public static final String UNKNOWN_TEXT = "unknown";
    public static final PeerInfo UNKNOWN =
            new PeerInfo(UNKNOWN_TEXT, UNKNOWN_TEXT, UNKNOWN_TEXT, UNKNOWN_TEXT, UNKNOWN_TEXT, "latest", UNKNOWN_TEXT);

    public PeerInfo(
            String workload,
            String namespace,
            String app,
            String version,
            String canonicalService,
            String canonicalRevision,
            String cluster) {
        this(workload, namespace, app, version, canonicalService, canonicalRevision, cluster, Replica.UNKNOWN);
    }

    /// One of the pods of a workload; empty texts where nothing is known.
    ///
    /// @param type `pod`, `deployment`, `job` or `cronjob`: what the workload is
    /// @param labels that its proxy tells others of
    public record Replica(String name, String type, Map<String, String> labels) {
        public static final Replica UNKNOWN = new Replica("", "", Map.of());

        private static final List<String> TYPES = List.of("pod", "deployment", "job", "cronjob");

        public Replica {
            labels = Map.copyOf(labels);
        }

        /// The type that an owner such as `kubernetes://apis/apps/v1/namespaces/shop/deployments/cart` tells; empty:
        /// none that Istio tells of.
        public static String typeOf(String owner) {
            int end = owner.lastIndexOf('/');
            String kind = end < 0 ? "" : owner.substring(owner.lastIndexOf('/', end - 1) + 1, end);
            String type = kind.endsWith("s") ? kind.substring(0, kind.length() - 1) : kind;
            return TYPES.contains(type) ? type : "";
        }

        /// What `typeOf` reads.
        public static String ownerOf(String type, String namespace, String workload) {
            return "kubernetes://apis/" + (type.equals("pod") ? "v1" : type.endsWith("job") ? "batch/v1" : "apps/v1")
                    + "/namespaces/" + namespace + "/" + type + "s/" + workload;
        }
    }

    /// Without what is said of the one pod, which may be large.
    public PeerInfo workloadAlone() {
        return replica.equals(Replica.UNKNOWN)
                ? this
                : new PeerInfo(workload, namespace, app, version, canonicalService, canonicalRevision, cluster);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PeerInfo that
                && workload.equals(that.workload)
                && namespace.equals(that.namespace)
                && app.equals(that.app)
                && version.equals(that.version)
                && canonicalService.equals(that.canonicalService)
                && canonicalRevision.equals(that.canonicalRevision)
                && cluster.equals(that.cluster);
    }

    @Override
    public int hashCode() {
        return 31 * workload.hashCode() + namespace.hashCode();
    }

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
