package dev.lateen.local.agent;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;

/// The bootstrap file of a gRPC library that speaks xDS.
///
/// Source: gRFC A27 (servers, node), A29 (certificate providers), A36 (names of listeners).
final class GrpcBootstrap {
    private static final String SERVER_LISTENERS = "xds.istio.io/grpc/lds/inbound/%s";
    /// How often the library looks whether certificates are new: they may live as short as a minute.
    private static final String REFRESH = "10s";

    private GrpcBootstrap() {}

    static String json(Node node, Path socket, CertificateFiles files) {
        Map<String, Object> metadata = plain(node.getMetadata());
        metadata.remove("LATEEN_PROXY");
        metadata.remove("ENVOY_UPSTREAM");
        metadata.put("GENERATOR", "grpc");
        Map<String, Object> bootstrap = new LinkedHashMap<>();
        bootstrap.put(
                "xds_servers",
                List.of(Map.of(
                        "server_uri",
                        "unix://" + socket.toAbsolutePath(),
                        "channel_creds",
                        List.of(Map.of("type", "insecure")),
                        "server_features",
                        List.of("xds_v3"))));
        bootstrap.put(
                "node",
                Map.of(
                        "id",
                        node.getId(),
                        "cluster",
                        node.getCluster(),
                        "locality",
                        Map.of(
                                "region",
                                node.getLocality().getRegion(),
                                "zone",
                                node.getLocality().getZone(),
                                "sub_zone",
                                node.getLocality().getSubZone()),
                        "metadata",
                        metadata));
        bootstrap.put(
                "certificate_providers",
                Map.of(
                        "default",
                        Map.of(
                                "plugin_name",
                                "file_watcher",
                                "config",
                                Map.of(
                                        "certificate_file",
                                        files.chain().toAbsolutePath().toString(),
                                        "private_key_file",
                                        files.key().toAbsolutePath().toString(),
                                        "ca_certificate_file",
                                        files.roots().toAbsolutePath().toString(),
                                        "refresh_interval",
                                        REFRESH))));
        bootstrap.put("server_listener_resource_name_template", SERVER_LISTENERS);
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(bootstrap) + "\n";
    }

    private static Map<String, Object> plain(Struct struct) {
        Map<String, Object> map = new LinkedHashMap<>();
        struct.getFieldsMap().forEach((name, value) -> {
            if (!value.hasNullValue()) {
                map.put(name, plain(value));
            }
        });
        return map;
    }

    private static Object plain(Value value) {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> value.getStringValue();
            case NUMBER_VALUE -> value.getNumberValue();
            case BOOL_VALUE -> value.getBoolValue();
            case STRUCT_VALUE -> plain(value.getStructValue());
            case LIST_VALUE -> {
                List<Object> list = new ArrayList<>();
                value.getListValue().getValuesList().forEach(item -> list.add(plain(item)));
                yield list;
            }
            case NULL_VALUE, KIND_NOT_SET -> "";
        };
    }
}
