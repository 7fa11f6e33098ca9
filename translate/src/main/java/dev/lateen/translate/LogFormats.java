package dev.lateen.translate;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.model.mesh.MeshConfig;
import dev.lateen.model.telemetry.LogObject;
import dev.lateen.model.telemetry.LogText;
import dev.lateen.model.tree.Fields;
import dev.lateen.translate.message.Structs;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.JsonFormatOptions;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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

    /// What stands for a value that is not there.
    private static final String MISSING = "-";

    private static final Struct JSON_FIELDS = jsonFields();

    private LogFormats() {}

    /// As `accessLogFormat` and `accessLogEncoding` say.
    static SubstitutionFormatString ofMesh(MeshConfig.AccessLog mesh) {
        if (mesh.json()) {
            return json(fields(mesh.format()));
        }
        return text(line(mesh.format()));
    }

    /// A mesh's format is text: an object in JSON is taken for the fields, anything else for the usual ones.
    private static Struct fields(String format) {
        return LogObject.fields(format).map(Structs::struct).orElse(JSON_FIELDS);
    }

    /// As `logFormat` and `omitEmptyValues` of a provider say.
    static SubstitutionFormatString ofProvider(Fields provider) {
        Optional<Fields> format = provider.object("logFormat", Function.identity());
        String text = format.flatMap(f -> f.text("text")).orElse("");
        SubstitutionFormatString line = format.filter(_ -> text.isEmpty())
                .flatMap(f -> f.object("labels", labels -> Structs.struct(labels.mapping())))
                .map(labels -> json(labels.getFieldsCount() == 0 ? JSON_FIELDS : labels))
                .orElseGet(() -> text(line(text)));
        return provider.flag("omitEmptyValues")
                ? line.toBuilder().setOmitEmptyValues(true).build()
                : line;
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

    private static SubstitutionFormatString json(Struct fields) {
        List<String> texts = new ArrayList<>();
        texts(Protos.value(fields), texts);
        return SubstitutionFormatString.newBuilder()
                .setJsonFormat(fields)
                .setJsonFormatOptions(JsonFormatOptions.getDefaultInstance())
                .addAllFormatters(formatters(texts))
                .build();
    }

    /// The same of operators that our own proxy knows: for another it would refuse the whole listener.
    static SubstitutionFormatString known(SubstitutionFormatString format) {
        String missing = format.getOmitEmptyValues() ? "" : MISSING;
        SubstitutionFormatString.Builder known = format.toBuilder();
        if (format.hasJsonFormat()) {
            known.setJsonFormat(known(format.getJsonFormat(), missing));
        } else {
            String line = format.getTextFormatSource().getInlineString();
            known.setTextFormatSource(DataSource.newBuilder().setInlineString(known(line, missing)));
        }
        return known.build();
    }

    static String known(String line) {
        return known(line, MISSING);
    }

    private static String known(String line, String missing) {
        return LogText.of(line).known(missing);
    }

    private static Struct known(Struct fields, String missing) {
        Struct.Builder known = Struct.newBuilder();
        fields.getFieldsMap().forEach((name, value) -> known.putFields(name, known(value, missing)));
        return known.build();
    }

    private static Value known(Value value, String missing) {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> Protos.text(known(value.getStringValue(), missing));
            case STRUCT_VALUE -> Protos.value(known(value.getStructValue(), missing));
            case LIST_VALUE -> {
                ListValue.Builder items = ListValue.newBuilder();
                value.getListValue().getValuesList().forEach(item -> items.addValues(known(item, missing)));
                yield Value.newBuilder().setListValue(items).build();
            }
            case NULL_VALUE, NUMBER_VALUE, BOOL_VALUE, KIND_NOT_SET -> value;
        };
    }

    private static void texts(Value value, List<String> found) {
        value.getStructValue().getFieldsMap().values().forEach(each -> texts(each, found));
        value.getListValue().getValuesList().forEach(each -> texts(each, found));
        found.add(value.getStringValue());
    }

    private static Struct jsonFields() {
        Struct.Builder fields = Struct.newBuilder();
        fields.putFields("start_time", Protos.text("%START_TIME%"));
        fields.putFields("route_name", Protos.text("%ROUTE_NAME%"));
        fields.putFields("method", Protos.text("%REQ(:METHOD)%"));
        fields.putFields("path", Protos.text("%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"));
        fields.putFields("protocol", Protos.text("%PROTOCOL%"));
        fields.putFields("response_code", Protos.text("%RESPONSE_CODE%"));
        fields.putFields("response_flags", Protos.text("%RESPONSE_FLAGS%"));
        fields.putFields("response_code_details", Protos.text("%RESPONSE_CODE_DETAILS%"));
        fields.putFields("connection_termination_details", Protos.text("%CONNECTION_TERMINATION_DETAILS%"));
        fields.putFields("bytes_received", Protos.text("%BYTES_RECEIVED%"));
        fields.putFields("bytes_sent", Protos.text("%BYTES_SENT%"));
        fields.putFields("duration", Protos.text("%DURATION%"));
        fields.putFields("upstream_service_time", Protos.text("%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%"));
        fields.putFields("x_forwarded_for", Protos.text("%REQ(X-FORWARDED-FOR)%"));
        fields.putFields("user_agent", Protos.text("%REQ(USER-AGENT)%"));
        fields.putFields("request_id", Protos.text("%REQ(X-REQUEST-ID)%"));
        fields.putFields("authority", Protos.text("%REQ(:AUTHORITY)%"));
        fields.putFields("upstream_host", Protos.text("%UPSTREAM_HOST%"));
        fields.putFields("upstream_cluster", Protos.text("%UPSTREAM_CLUSTER_RAW%"));
        fields.putFields("upstream_local_address", Protos.text("%UPSTREAM_LOCAL_ADDRESS%"));
        fields.putFields("downstream_local_address", Protos.text("%DOWNSTREAM_LOCAL_ADDRESS%"));
        fields.putFields("downstream_remote_address", Protos.text("%DOWNSTREAM_REMOTE_ADDRESS%"));
        fields.putFields("requested_server_name", Protos.text("%REQUESTED_SERVER_NAME%"));
        fields.putFields("upstream_transport_failure_reason", Protos.text("%UPSTREAM_TRANSPORT_FAILURE_REASON%"));
        return fields.build();
    }
}
