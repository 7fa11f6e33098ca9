package dev.lateen.proxy.http.filter;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Decodes the configuration of Istio's peer metadata filter. Methods of discovery: `istio_headers`, and
/// `workload_discovery`, which here is what the control plane says of endpoints; it needs no filter.
///
/// Thread: main.
final class PeerMetadataDecoder {
    private static final String HEADERS = "istio_headers";
    private static final String SKIP = "skip_external_clusters";
    private static final Set<String> DISCOVERY = Set.of(HEADERS, "workload_discovery");
    private static final Set<String> PROPAGATION = Set.of(HEADERS);
    private static final Set<String> FIELDS =
            Set.of("downstream_discovery", "upstream_discovery", "downstream_propagation", "upstream_propagation");

    private PeerMetadataDecoder() {}

    static FilterConfig.PeerMetadata decode(TypedConfig config, Place at) {
        Struct struct =
                config.struct().orElseThrow(() -> at.refuse("came as a binary message (expected: a TypedStruct)"));
        struct.getFieldsMap().forEach((name, value) -> {
            boolean off = name.equals("shared_with_upstream") && !value.getBoolValue();
            at.field(name).require(FIELDS.contains(name) || off, "is not supported by this proxy yet");
        });
        return new FilterConfig.PeerMetadata(
                new FilterConfig.PeerMetadata.Side(
                        has(struct, "downstream_discovery", DISCOVERY, at),
                        has(struct, "downstream_propagation", PROPAGATION, at)),
                new FilterConfig.PeerMetadata.Side(
                        has(struct, "upstream_discovery", DISCOVERY, at),
                        has(struct, "upstream_propagation", PROPAGATION, at)),
                skips(struct));
    }

    /// Whether headers are among the methods.
    private static boolean has(Struct struct, String field, Set<String> supported, Place at) {
        List<Value> methods = list(struct, field);
        boolean headers = false;
        for (int index = 0; index < methods.size(); index++) {
            Place methodAt = at.field(field).index(index);
            Map<String, Value> method = methods.get(index).getStructValue().getFieldsMap();
            methodAt.require(method.size() == 1, "expected: one method");
            String name = method.keySet().iterator().next();
            methodAt.field(name).require(supported.contains(name), "is not supported by this proxy yet");
            headers |= name.equals(HEADERS);
        }
        return headers;
    }

    private static boolean skips(Struct struct) {
        for (Value method : list(struct, "upstream_propagation")) {
            Value headers = method.getStructValue().getFieldsOrDefault(HEADERS, Value.getDefaultInstance());
            if (headers.getStructValue()
                    .getFieldsOrDefault(SKIP, Value.getDefaultInstance())
                    .getBoolValue()) {
                return true;
            }
        }
        return false;
    }

    private static List<Value> list(Struct struct, String field) {
        return struct.getFieldsOrDefault(field, Value.getDefaultInstance())
                .getListValue()
                .getValuesList();
    }
}
