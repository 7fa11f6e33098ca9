package dev.lateen.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.tree.Fields;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The lines of access logs. Source: Istio, "Default access log format".
final class LogFormats {
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

    private LogFormats() {}

    /// As `accessLogFormat` and `accessLogEncoding` say.
    static SubstitutionFormatString ofMesh(MeshConfig.AccessLog mesh) {
        if (mesh.json()) {
            return json(JSON_FIELDS);
        }
        return text(line(mesh.format()));
    }

    /// As `logFormat` of a provider says.
    static SubstitutionFormatString ofProvider(Optional<Fields> format) {
        SubstitutionFormatString line = format.filter(f -> f.has("labels"))
                .filter(f -> f.text("text", "").isEmpty())
                .map(f -> f.textMap("labels"))
                .map(labels -> json(labels.isEmpty() ? JSON_FIELDS : labels))
                .orElseGet(() -> text(line(format.flatMap(f -> f.text("text")).orElse(""))));
        if (format.map(f -> f.flag("omitEmptyValues")).orElse(false)) {
            return line.toBuilder().setOmitEmptyValues(true).build();
        }
        return line;
    }

    /// Istio's default where there is none; always with its end.
    static String line(String format) {
        if (format.isEmpty()) {
            return DEFAULT_FORMAT;
        }
        return format.endsWith("\n") ? format : format + "\n";
    }

    private static SubstitutionFormatString text(String line) {
        return SubstitutionFormatString.newBuilder()
                .setTextFormatSource(DataSource.newBuilder().setInlineString(line))
                .addAllFormatters(formatters(List.of(line)))
                .build();
    }

    /// Operators that Envoy has only where their extension is named.
    static List<TypedExtensionConfig> formatters(Collection<String> formats) {
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
