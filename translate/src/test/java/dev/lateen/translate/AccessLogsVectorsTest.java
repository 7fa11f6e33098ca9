package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.util.JsonFormat;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ScopeResolver;
import dev.lateen.model.tree.Fields;
import dev.lateen.translate.vectors.VectorCase;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the recorded `Telemetry` resources say about access logs.
@Tag("telemetry")
class AccessLogsVectorsTest {
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer()
            .usingTypeRegistry(JsonFormat.TypeRegistry.newBuilder()
                    .add(FileAccessLog.getDescriptor())
                    .add(ReqWithoutQuery.getDescriptor())
                    .build());

    @Test
    void resourcesMergeAsRecorded() throws IOException {
        Optional<Path> root = VectorCase.root();
        assumeTrue(root.isPresent(), "no vectors");
        List<String> passed = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (VectorCase input : VectorCase.telemetry(root.orElseThrow(), "accesslog")) {
            JsonElement expected = JsonParser.parseString(Files.readString(input.file("expected.json")))
                    .getAsJsonObject()
                    .get("accessLogging");
            (sorted(expected).equals(sorted(found(input))) ? passed : failed).add(input.name());
        }
        VectorCase.report("telemetry (access logs)", passed.size(), failed);
        assertThat(failed).isEmpty();
        assertThat(passed).isNotEmpty();
    }

    /// The order of providers says nothing; neither does a missing list, an empty one; nor an option with defaults.
    private static List<JsonElement> sorted(JsonElement logs) {
        if (logs.isJsonNull()) {
            return List.of();
        }
        List<JsonElement> all = new ArrayList<>();
        for (JsonElement log : logs.getAsJsonArray()) {
            JsonObject format = log.getAsJsonObject()
                    .getAsJsonObject("accessLog")
                    .getAsJsonObject("typedConfig")
                    .getAsJsonObject("logFormat");
            if (format.has("jsonFormatOptions")
                    && format.getAsJsonObject("jsonFormatOptions").size() == 0) {
                format.remove("jsonFormatOptions");
            }
            all.add(log);
        }
        all.sort((a, b) -> a.toString().compareTo(b.toString()));
        return all;
    }

    private static JsonElement found(VectorCase input) throws IOException {
        Fields proxy = input.options().object("proxy", p -> p).orElseThrow();
        String namespace = proxy.text("namespace", "");
        ProxyNode node = ProxyNode.parse(
                        "sidecar~10.0.0.1~app." + namespace + "~" + namespace + ".svc.cluster.local",
                        Map.of("NAMESPACE", namespace, "LABELS", proxy.textMap("labels"), "INSTANCE_IPS", "10.0.0.1"),
                        Locality.NONE)
                .orElseThrow();
        Scene scene = new Scene(new ScopeResolver().resolve(input.snapshot(), node), new AccessListFilters());
        Side side = input.options().text("class", "").equals("SidecarInbound") ? Side.SERVER : Side.CLIENT;
        JsonArray found = new JsonArray();
        for (LoggingRules.Log log : LoggingRules.of(scene, side)) {
            Optional<AccessLog> told = LogProviders.told(scene, log.provider(), LogProviders.Of.REQUESTS);
            if (told.isPresent()) {
                found.add(json(log, told.get()));
            }
        }
        return found.isEmpty() ? JsonNull.INSTANCE : found;
    }

    private static JsonObject json(LoggingRules.Log log, AccessLog told) throws IOException {
        JsonObject json = new JsonObject();
        json.add("accessLog", JsonParser.parseString(PRINTER.print(told)));
        json.addProperty("disabled", log.disabled());
        json.addProperty("provider", log.provider());
        if (!log.filter().isEmpty()) {
            JsonObject filter = new JsonObject();
            filter.addProperty("expression", log.filter());
            json.add("filter", filter);
        }
        return json;
    }
}
