package dev.lateen.proxy.http.filter;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.PeerInfo.Replica;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The text in which proxies tell each other in a header which workload they serve: a struct of node metadata, in
/// Base64.
///
/// Limits: text of at most `MAX_TEXT` characters, values of at most `MAX_VALUE`, structs nested as deep as protobuf
/// allows; a longer value is unknown. Of labels the first `MAX_LABELS`.
///
/// Source: Istio's peer metadata filter. Thread: any.
public final class PeerMetadata {
    static final String HEADER = "x-envoy-peer-metadata";
    static final String ID_HEADER = "x-envoy-peer-metadata-id";
    static final int MAX_TEXT = 16 * 1024;
    private static final int MAX_VALUE = 256;
    private static final int MAX_LABELS = 64;
    private static final String UNKNOWN = PeerInfo.UNKNOWN_TEXT;

    private PeerMetadata() {}

    /// Null where the text is not such metadata.
    public static @Nullable PeerInfo decode(String text) {
        if (text.length() > MAX_TEXT) {
            return null;
        }
        try {
            return peer(Struct.parseFrom(Base64.getDecoder().decode(text)));
        } catch (IllegalArgumentException | InvalidProtocolBufferException _) {
            return null;
        }
    }

    private static PeerInfo peer(Struct struct) {
        Struct labels = field(struct, "LABELS").getStructValue();
        String workload = text(struct, "WORKLOAD_NAME", UNKNOWN);
        String app = text(labels, "app", UNKNOWN);
        String version = text(labels, "version", UNKNOWN);
        return new PeerInfo(
                workload,
                text(struct, "NAMESPACE", UNKNOWN),
                app,
                version,
                text(labels, "service.istio.io/canonical-name", app.equals(UNKNOWN) ? workload : app),
                text(labels, "service.istio.io/canonical-revision", version.equals(UNKNOWN) ? "latest" : version),
                text(struct, "CLUSTER_ID", UNKNOWN),
                replica(struct, labels));
    }

    private static Replica replica(Struct struct, Struct labels) {
        Map<String, String> told = new HashMap<>();
        labels.getFieldsMap().forEach((name, value) -> {
            if (told.size() < MAX_LABELS
                    && name.length() <= MAX_VALUE
                    && value.hasStringValue()
                    && value.getStringValue().length() <= MAX_VALUE) {
                told.put(name, value.getStringValue());
            }
        });
        return new Replica(text(struct, "NAME", ""), Replica.typeOf(text(struct, "OWNER", "")), told);
    }

    private static Value field(Struct struct, String name) {
        return struct.getFieldsOrDefault(name, Value.getDefaultInstance());
    }

    private static String text(Struct struct, String name, String otherwise) {
        String value = field(struct, name).getStringValue();
        return value.isEmpty() || value.length() > MAX_VALUE ? otherwise : value;
    }

    /// What is unknown is left out.
    public static String encode(PeerInfo local) {
        Struct.Builder labels = Struct.newBuilder();
        put(labels, "app", local.app());
        put(labels, "version", local.version());
        put(labels, "service.istio.io/canonical-name", local.canonicalService());
        put(labels, "service.istio.io/canonical-revision", local.canonicalRevision());
        Struct.Builder struct = Struct.newBuilder();
        put(struct, "WORKLOAD_NAME", local.workload());
        put(struct, "NAMESPACE", local.namespace());
        put(struct, "CLUSTER_ID", local.cluster());
        Replica replica = local.replica();
        put(struct, "NAME", replica.name());
        if (!replica.type().isEmpty()) {
            put(struct, "OWNER", Replica.ownerOf(replica.type(), local.namespace(), local.workload()));
        }
        struct.putFields("LABELS", Value.newBuilder().setStructValue(labels).build());
        return Base64.getEncoder().encodeToString(struct.build().toByteArray());
    }

    private static void put(Struct.Builder struct, String name, String text) {
        if (!text.equals(UNKNOWN) && !text.isEmpty()) {
            struct.putFields(name, Value.newBuilder().setStringValue(text).build());
        }
    }
}
