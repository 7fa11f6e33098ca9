package dev.lateen.translate;

import com.google.protobuf.Any;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshConfig.ExtensionProvider;
import dev.lateen.model.mesh.NodeMetadata.DataPlane;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Position;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.open_telemetry.v3.OpenTelemetryAccessLogConfig;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// What each extension provider is told to log. Source: Istio, MeshConfig `extensionProviders`.
final class LogProviders {
    private static final String FILE = "envoyFileAccessLog";
    /// The provider that every mesh has, also where its configuration names none.
    private static final ExtensionProvider BUILT_IN =
            new ExtensionProvider("envoy", FILE, new Mapping(Map.of(), Position.UNKNOWN));

    private static final Fields NOTHING = new Fields(new Mapping(Map.of(), Position.UNKNOWN));

    private LogProviders() {}

    /// What is logged: requests, connections, or those of them that no filter chain of a listener took.
    enum Of {
        REQUESTS("http_envoy_accesslog"),
        CONNECTIONS("tcp_envoy_accesslog"),
        UNMATCHED("listener_envoy_accesslog");

        /// Of entries for the mesh's own collector.
        private final String logName;

        Of(String logName) {
            this.logName = logName;
        }
    }

    /// Empty where the provider logs nothing of this kind, or its service is not known.
    static Optional<AccessLog> told(Scene scene, String name, Of what) {
        MeshConfig.AccessLog mesh = scene.mesh().accessLog();
        if (name.equals(LoggingRules.FILE)) {
            return Optional.of(file(scene, mesh.file(), LogFormats.ofMesh(mesh)));
        }
        if (name.equals(LoggingRules.COLLECTOR)) {
            CommonGrpcAccessLogConfig common = common(what.logName, CollectorCluster.LOGS, "");
            return Optional.of(what == Of.REQUESTS ? requests(NOTHING, common) : connections(common));
        }
        return scene.mesh()
                .extensionProvider(name)
                .or(() -> name.equals(BUILT_IN.name()) ? Optional.of(BUILT_IN) : Optional.empty())
                .flatMap(provider -> told(scene, provider, what));
    }

    private static Optional<AccessLog> told(Scene scene, ExtensionProvider provider, Of what) {
        Fields in = new Fields(provider.settings());
        return switch (provider.kind()) {
            case FILE -> Optional.of(file(scene, in.text("path", "/dev/stdout"), LogFormats.ofProvider(in)));
            case "envoyHttpAls" ->
                what == Of.REQUESTS
                        ? common(scene, in, "http_envoy_accesslog").map(common -> requests(in, common))
                        : Optional.empty();
            case "envoyTcpAls" ->
                what != Of.REQUESTS
                        ? common(scene, in, "tcp_envoy_accesslog").map(LogProviders::connections)
                        : Optional.empty();
            case "envoyOtelAls" ->
                common(scene, in, "otel_envoy_accesslog").map(common -> openTelemetry(scene, in, common));
            default -> Optional.empty();
        };
    }

    private static AccessLog file(Scene scene, String path, SubstitutionFormatString written) {
        SubstitutionFormatString format = isOurs(scene) ? LogFormats.known(written) : written;
        return log(
                "envoy.access_loggers.file",
                Protos.any(FileAccessLog.newBuilder()
                        .setPath(path)
                        .setLogFormat(format)
                        .build()));
    }

    private static boolean isOurs(Scene scene) {
        return scene.dataPlane() == DataPlane.LATEEN;
    }

    private static AccessLog requests(Fields in, CommonGrpcAccessLogConfig common) {
        return log(
                "envoy.access_loggers.http_grpc",
                Protos.any(HttpGrpcAccessLogConfig.newBuilder()
                        .setCommonConfig(common)
                        .addAllAdditionalRequestHeadersToLog(in.texts("additionalRequestHeadersToLog"))
                        .addAllAdditionalResponseHeadersToLog(in.texts("additionalResponseHeadersToLog"))
                        .addAllAdditionalResponseTrailersToLog(in.texts("additionalResponseTrailersToLog"))
                        .build()));
    }

    private static AccessLog connections(CommonGrpcAccessLogConfig common) {
        return log(
                "envoy.access_loggers.tcp_grpc",
                Protos.any(TcpGrpcAccessLogConfig.newBuilder()
                        .setCommonConfig(common)
                        .build()));
    }

    private static AccessLog openTelemetry(Scene scene, Fields in, CommonGrpcAccessLogConfig common) {
        Optional<Fields> format = in.object("logFormat", Function.identity());
        String body = format.flatMap(f -> f.text("text"))
                .filter(text -> !text.isEmpty())
                .orElse(LogFormats.DEFAULT_FORMAT);
        Map<String, String> labels =
                new TreeMap<>(format.map(f -> f.textMap("labels")).orElse(Map.of()));
        if (isOurs(scene)) {
            body = LogFormats.known(body);
            labels.replaceAll((_, value) -> LogFormats.known(value));
        }
        KeyValueList.Builder attributes = KeyValueList.newBuilder();
        labels.forEach((name, value) ->
                attributes.addValues(KeyValue.newBuilder().setKey(name).setValue(text(value))));
        OpenTelemetryAccessLogConfig.Builder config = OpenTelemetryAccessLogConfig.newBuilder()
                .setCommonConfig(common)
                .setDisableBuiltinLabels(true)
                .setBody(text(body))
                .addAllFormatters(LogFormats.formatters(labels.values()));
        if (!labels.isEmpty()) {
            config.setAttributes(attributes);
        }
        return log("envoy.access_loggers.open_telemetry", Protos.any(config.build()));
    }

    private static AnyValue text(String value) {
        return AnyValue.newBuilder().setStringValue(value).build();
    }

    private static Optional<CommonGrpcAccessLogConfig> common(Scene scene, Fields in, String usualName) {
        int port = in.integer("port").orElse(0);
        return ProviderService.host(scene, in.text("service", ""))
                .filter(_ -> port > 0)
                .map(host -> {
                    CommonGrpcAccessLogConfig.Builder common =
                            common(in.text("logName", usualName), Names.outbound(port, "", host), host).toBuilder();
                    if (!isOurs(scene)) {
                        common.addAllFilterStateObjectsToLog(in.texts("filterStateObjectsToLog"));
                    }
                    return common.build();
                });
    }

    /// @param authority empty: the cluster's name
    private static CommonGrpcAccessLogConfig common(String logName, String cluster, String authority) {
        return CommonGrpcAccessLogConfig.newBuilder()
                .setLogName(logName)
                .setTransportApiVersion(ApiVersion.V3)
                .setGrpcService(GrpcService.newBuilder()
                        .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder()
                                .setClusterName(cluster)
                                .setAuthority(authority)))
                .build();
    }

    private static AccessLog log(String name, Any config) {
        return AccessLog.newBuilder().setName(name).setTypedConfig(config).build();
    }
}
