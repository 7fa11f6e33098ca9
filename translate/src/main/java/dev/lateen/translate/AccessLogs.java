package dev.lateen.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.mesh.MeshConfig.ExtensionProvider;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Position;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.AndFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ExtensionFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ResponseFlagFilter;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKey;
import io.envoyproxy.envoy.type.metadata.v3.MetadataKind;
import io.envoyproxy.envoy.type.tracing.v3.CustomTag;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Access logs of connection managers, TCP proxies and listeners.
final class AccessLogs {
    /// Istio's default line.
    static final String DEFAULT_FORMAT =
            "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" "
                    + "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "
                    + "\"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "
                    + "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" "
                    + "\"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER_RAW% "
                    + "%UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% "
                    + "%REQUESTED_SERVER_NAME% %ROUTE_NAME%\n";

    private static final Map<String, String> JSON_FIELDS = jsonFields();
    private static final String FILE_PROVIDER = "envoyFileAccessLog";
    /// The provider that every mesh has, also where its configuration names none.
    private static final ExtensionProvider BUILT_IN =
            new ExtensionProvider("envoy", FILE_PROVIDER, new Mapping(Map.of(), Position.UNKNOWN));

    // Entries of upstream Envoy say neither who is behind the endpoint, nor which services the cluster stands for, nor
    // what a client told of itself.
    private static final CustomTag PEER =
            tag("peer", MetadataKind.newBuilder().setHost(MetadataKind.Host.getDefaultInstance()), "istio", "workload");
    private static final CustomTag SERVICES = tag(
            "services",
            MetadataKind.newBuilder().setCluster(MetadataKind.Cluster.getDefaultInstance()),
            "istio",
            "services");
    private static final CustomTag CLIENT = tag(
            "client",
            MetadataKind.newBuilder().setRequest(MetadataKind.Request.getDefaultInstance()),
            HttpFilters.PEER_METADATA_SPACE,
            HttpFilters.PEER_TEXT);

    private AccessLogs() {}

    static List<AccessLog> http(Scene scene, Side side) {
        List<AccessLog> logs = new ArrayList<>(files(scene, side, Optional.empty()));
        // Upstream Envoy has no filter that counts requests under Istio's names; the agent beside it does from its
        // logs.
        if (scene.hasAgent()) {
            logs.add(log(
                    "envoy.access_loggers.http_grpc",
                    Protos.any(HttpGrpcAccessLogConfig.newBuilder()
                            .setCommonConfig(agent(scene, side).addCustomTags(CLIENT))
                            .addAdditionalRequestHeadersToLog("content-type")
                            .addAdditionalResponseHeadersToLog("grpc-status")
                            .addAdditionalResponseTrailersToLog("grpc-status")
                            .build()),
                    Optional.empty()));
        }
        return logs;
    }

    static List<AccessLog> tcp(Scene scene, Side side) {
        List<AccessLog> logs = new ArrayList<>(files(scene, side, Optional.empty()));
        if (scene.hasAgent()) {
            logs.add(log(
                    "envoy.access_loggers.tcp_grpc",
                    Protos.any(TcpGrpcAccessLogConfig.newBuilder()
                            .setCommonConfig(agent(scene, side))
                            .build()),
                    Optional.empty()));
        }
        return logs;
    }

    /// Only connections that no filter chain took: the others are logged by their own filters.
    static List<AccessLog> listener(Scene scene, Side side) {
        if (!scene.mesh().accessLog().listenerLog()) {
            return List.of();
        }
        AccessLogFilter noRoute = AccessLogFilter.newBuilder()
                .setResponseFlagFilter(ResponseFlagFilter.newBuilder().addFlags("NR"))
                .build();
        return files(scene, side, Optional.of(noRoute));
    }

    private static CommonGrpcAccessLogConfig.Builder agent(Scene scene, Side side) {
        return CommonGrpcAccessLogConfig.newBuilder()
                .setLogName(side == Side.SERVER ? "inbound" : "outbound")
                .setTransportApiVersion(ApiVersion.V3)
                .addCustomTags(PEER)
                .addCustomTags(SERVICES)
                .setGrpcService(GrpcService.newBuilder()
                        .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder()
                                .setClusterName(scene.node().metadata().accessLogCluster())));
    }

    private static CustomTag tag(String name, MetadataKind.Builder kind, String space, String field) {
        MetadataKey key = MetadataKey.newBuilder()
                .setKey(space)
                .addPath(MetadataKey.PathSegment.newBuilder().setKey(field))
                .build();
        return CustomTag.newBuilder()
                .setTag(name)
                .setMetadata(CustomTag.Metadata.newBuilder().setKind(kind).setMetadataKey(key))
                .build();
    }

    private static List<AccessLog> files(Scene scene, Side side, Optional<AccessLogFilter> filter) {
        List<AccessLog> logs = new ArrayList<>();
        for (LoggingRules.Log log : LoggingRules.of(scene, side)) {
            if (!log.disabled()) {
                Optional<AccessLogFilter> both = and(filter, expression(log.filter()));
                of(scene, log.provider(), both).ifPresent(logs::add);
            }
        }
        return logs;
    }

    /// What a provider is told; empty where it logs nowhere.
    static Optional<AccessLog> of(Scene scene, String provider, Optional<AccessLogFilter> filter) {
        MeshConfig.AccessLog mesh = scene.mesh().accessLog();
        if (provider.equals(LoggingRules.FILE)) {
            return Optional.of(file(mesh.file(), format(mesh), filter));
        }
        return scene.mesh()
                .extensionProvider(provider)
                .or(() -> provider.equals(BUILT_IN.name()) ? Optional.of(BUILT_IN) : Optional.empty())
                .filter(p -> p.kind().equals(FILE_PROVIDER))
                .map(p -> ofProvider(p, filter));
    }

    private static Optional<AccessLogFilter> expression(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        ExpressionFilter condition =
                ExpressionFilter.newBuilder().setExpression(text).build();
        return Optional.of(AccessLogFilter.newBuilder()
                .setExtensionFilter(ExtensionFilter.newBuilder()
                        .setName("envoy.access_loggers.extension_filters.cel")
                        .setTypedConfig(Protos.any(condition)))
                .build());
    }

    private static Optional<AccessLogFilter> and(Optional<AccessLogFilter> first, Optional<AccessLogFilter> second) {
        if (first.isEmpty() || second.isEmpty()) {
            return first.or(() -> second);
        }
        return Optional.of(AccessLogFilter.newBuilder()
                .setAndFilter(AndFilter.newBuilder().addFilters(first.get()).addFilters(second.get()))
                .build());
    }

    private static AccessLog ofProvider(ExtensionProvider provider, Optional<AccessLogFilter> filter) {
        Fields settings = new Fields(provider.settings());
        Optional<Fields> format = settings.object("logFormat", f -> f);
        SubstitutionFormatString line = format.flatMap(f -> f.text("text"))
                .filter(t -> !t.isEmpty())
                .map(t -> text(t.endsWith("\n") ? t : t + "\n"))
                .or(() -> format.filter(f -> f.has("labels"))
                        .map(f -> f.textMap("labels"))
                        .map(labels -> json(labels.isEmpty() ? JSON_FIELDS : labels)))
                .orElseGet(() -> text(DEFAULT_FORMAT));
        if (format.map(f -> f.flag("omitEmptyValues")).orElse(false)) {
            line = line.toBuilder().setOmitEmptyValues(true).build();
        }
        return file(settings.text("path", "/dev/stdout"), line, filter);
    }

    private static SubstitutionFormatString format(MeshConfig.AccessLog mesh) {
        if (mesh.json()) {
            return json(JSON_FIELDS);
        }
        if (mesh.format().isEmpty()) {
            return text(DEFAULT_FORMAT);
        }
        return text(mesh.format().endsWith("\n") ? mesh.format() : mesh.format() + "\n");
    }

    private static SubstitutionFormatString text(String line) {
        return SubstitutionFormatString.newBuilder()
                .setTextFormatSource(DataSource.newBuilder().setInlineString(line))
                .addAllFormatters(formatters(List.of(line)))
                .build();
    }

    /// Operators that Envoy has only where their extension is named.
    private static List<TypedExtensionConfig> formatters(Collection<String> formats) {
        if (formats.stream().noneMatch(format -> format.contains("REQ_WITHOUT_QUERY"))) {
            return List.of();
        }
        return List.of(TypedExtensionConfig.newBuilder()
                .setName("envoy.formatter.req_without_query")
                .setTypedConfig(Protos.any(ReqWithoutQuery.getDefaultInstance()))
                .build());
    }

    private static SubstitutionFormatString json(Map<String, String> fields) {
        Struct.Builder struct = Struct.newBuilder();
        fields.forEach((name, operator) -> struct.putFields(
                name, Value.newBuilder().setStringValue(operator).build()));
        return SubstitutionFormatString.newBuilder()
                .setJsonFormat(struct)
                .addAllFormatters(formatters(fields.values()))
                .build();
    }

    private static AccessLog file(String path, SubstitutionFormatString format, Optional<AccessLogFilter> filter) {
        return log(
                "envoy.access_loggers.file",
                Protos.any(FileAccessLog.newBuilder()
                        .setPath(path)
                        .setLogFormat(format)
                        .build()),
                filter);
    }

    private static AccessLog log(String name, com.google.protobuf.Any config, Optional<AccessLogFilter> filter) {
        AccessLog.Builder log = AccessLog.newBuilder().setName(name).setTypedConfig(config);
        filter.ifPresent(log::setFilter);
        return log.build();
    }

    private static Map<String, String> jsonFields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("start_time", "%START_TIME%");
        fields.put("route_name", "%ROUTE_NAME%");
        fields.put("method", "%REQ(:METHOD)%");
        fields.put("path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%");
        fields.put("protocol", "%PROTOCOL%");
        fields.put("response_code", "%RESPONSE_CODE%");
        fields.put("response_flags", "%RESPONSE_FLAGS%");
        fields.put("response_code_details", "%RESPONSE_CODE_DETAILS%");
        fields.put("connection_termination_details", "%CONNECTION_TERMINATION_DETAILS%");
        fields.put("bytes_received", "%BYTES_RECEIVED%");
        fields.put("bytes_sent", "%BYTES_SENT%");
        fields.put("duration", "%DURATION%");
        fields.put("upstream_service_time", "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%");
        fields.put("x_forwarded_for", "%REQ(X-FORWARDED-FOR)%");
        fields.put("user_agent", "%REQ(USER-AGENT)%");
        fields.put("request_id", "%REQ(X-REQUEST-ID)%");
        fields.put("authority", "%REQ(:AUTHORITY)%");
        fields.put("upstream_host", "%UPSTREAM_HOST%");
        fields.put("upstream_cluster", "%UPSTREAM_CLUSTER_RAW%");
        fields.put("upstream_local_address", "%UPSTREAM_LOCAL_ADDRESS%");
        fields.put("downstream_local_address", "%DOWNSTREAM_LOCAL_ADDRESS%");
        fields.put("downstream_remote_address", "%DOWNSTREAM_REMOTE_ADDRESS%");
        fields.put("requested_server_name", "%REQUESTED_SERVER_NAME%");
        fields.put("upstream_transport_failure_reason", "%UPSTREAM_TRANSPORT_FAILURE_REASON%");
        return fields;
    }
}
