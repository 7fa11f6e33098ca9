package dev.lateen.proxy.http.filter;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.proxy.stream.PeerInfo;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// The text in which proxies tell each other in a header which workload they serve.
///
/// Source: Istio's peer metadata filter. Thread: any.
public final class PeerMetadata {
    public static final String HEADER = "x-envoy-peer-metadata";

    private PeerMetadata() {}

    /// Null where the text is not such metadata.
    public static @Nullable PeerInfo decode(String text) {
        try {
            Struct struct = Struct.parseFrom(Base64.getDecoder().decode(text));
            Struct labels = field(struct, "LABELS").getStructValue();
            String workload = text(struct, "WORKLOAD_NAME", PeerInfo.UNKNOWN_TEXT);
            String app = text(labels, "app", PeerInfo.UNKNOWN_TEXT);
            String version = text(labels, "version", PeerInfo.UNKNOWN_TEXT);
            String canonical =
                    text(labels, "service.istio.io/canonical-name", app.equals(PeerInfo.UNKNOWN_TEXT) ? workload : app);
            String revision = text(
                    labels,
                    "service.istio.io/canonical-revision",
                    version.equals(PeerInfo.UNKNOWN_TEXT) ? "latest" : version);
            return new PeerInfo(
                    workload,
                    text(struct, "NAMESPACE", PeerInfo.UNKNOWN_TEXT),
                    app,
                    version,
                    canonical,
                    revision,
                    text(struct, "CLUSTER_ID", PeerInfo.UNKNOWN_TEXT));
        } catch (IllegalArgumentException | InvalidProtocolBufferException _) {
            return null;
        }
    }

    private static Value field(Struct struct, String name) {
        return struct.getFieldsOrDefault(name, Value.getDefaultInstance());
    }

    private static String text(Struct struct, String name, String otherwise) {
        String value = field(struct, name).getStringValue();
        return value.isEmpty() ? otherwise : value;
    }

    public static String encode(PeerInfo local) {
        Struct labels = Struct.newBuilder()
                .putFields("app", value(local.app()))
                .putFields("version", value(local.version()))
                .putFields("service.istio.io/canonical-name", value(local.canonicalService()))
                .putFields("service.istio.io/canonical-revision", value(local.canonicalRevision()))
                .build();
        Struct struct = Struct.newBuilder()
                .putFields("WORKLOAD_NAME", value(local.workload()))
                .putFields("NAMESPACE", value(local.namespace()))
                .putFields("CLUSTER_ID", value(local.cluster()))
                .putFields("LABELS", Value.newBuilder().setStructValue(labels).build())
                .build();
        return Base64.getEncoder().encodeToString(struct.toByteArray());
    }

    private static Value value(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }
}
