package dev.lateen.xds.server;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a proxy says about itself in its first request; claims, not proofs.
///
/// Limits: metadata is cut below 32 levels.
///
/// Thread: any (immutable).
///
/// @param id such as `sidecar~10.0.0.1~pod.ns~ns.svc.cluster.local`
/// @param metadata JSON values: `Map`, `List`, `String`, `Double`, `Boolean`; nulls are left out
/// @param region of its locality, like `zone` and `subZone` empty where unknown
/// @param userAgent name and version of the software
public record ClientNode(
        String id,
        String cluster,
        Map<String, Object> metadata,
        String region,
        String zone,
        String subZone,
        String userAgent) {
    private static final int MAX_DEPTH = 32;

    static ClientNode of(Node node) {
        String version = node.getUserAgentVersion().isEmpty()
                ? node.getUserAgentBuildVersion().getVersion().getMajorNumber() + "."
                        + node.getUserAgentBuildVersion().getVersion().getMinorNumber() + "."
                        + node.getUserAgentBuildVersion().getVersion().getPatch()
                : node.getUserAgentVersion();
        return new ClientNode(
                node.getId(),
                node.getCluster(),
                map(node.getMetadata(), 0),
                node.getLocality().getRegion(),
                node.getLocality().getZone(),
                node.getLocality().getSubZone(),
                node.getUserAgentName() + "/" + version);
    }

    private static Map<String, Object> map(Struct struct, int depth) {
        Map<String, Object> map = new LinkedHashMap<>();
        if (depth < MAX_DEPTH) {
            struct.getFieldsMap().forEach((name, value) -> {
                if (value.getKindCase() != Value.KindCase.NULL_VALUE
                        && value.getKindCase() != Value.KindCase.KIND_NOT_SET) {
                    map.put(name, plain(value, depth));
                }
            });
        }
        return map;
    }

    private static List<Object> list(ListValue values, int depth) {
        List<Object> list = new ArrayList<>();
        if (depth < MAX_DEPTH) {
            values.getValuesList().forEach(value -> list.add(plain(value, depth)));
        }
        return list;
    }

    private static Object plain(Value value, int depth) {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> value.getStringValue();
            case NUMBER_VALUE -> value.getNumberValue();
            case BOOL_VALUE -> value.getBoolValue();
            case STRUCT_VALUE -> map(value.getStructValue(), depth + 1);
            case LIST_VALUE -> list(value.getListValue(), depth + 1);
            case NULL_VALUE, KIND_NOT_SET -> "";
        };
    }
}
