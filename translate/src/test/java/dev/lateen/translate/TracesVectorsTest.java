package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lateen.model.istio.Telemetry.CustomTag;
import dev.lateen.model.mesh.Locality;
import dev.lateen.model.mesh.ProxyNode;
import dev.lateen.model.mesh.ScopeResolver;
import dev.lateen.model.tree.Fields;
import dev.lateen.translate.vectors.VectorCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the recorded `Telemetry` resources say about traces.
@Tag("telemetry")
class TracesVectorsTest {
    @Test
    void resourcesMergeAsRecorded() throws IOException {
        Optional<Path> root = VectorCase.root();
        assumeTrue(root.isPresent(), "no vectors");
        List<String> passed = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (VectorCase input : VectorCase.telemetry(root.orElseThrow(), "tracing")) {
            JsonElement expected = JsonParser.parseString(Files.readString(input.file("expected.json")))
                    .getAsJsonObject()
                    .get("tracing");
            (expected.equals(found(input)) ? passed : failed).add(input.name());
        }
        VectorCase.report("telemetry (tracing)", passed.size(), failed);
        assertThat(failed).isEmpty();
        assertThat(passed).isNotEmpty();
    }

    private static JsonElement found(VectorCase input) {
        Fields proxy = input.options().object("proxy", p -> p).orElseThrow();
        String namespace = proxy.text("namespace", "");
        ProxyNode node = ProxyNode.parse(
                        "sidecar~10.0.0.1~app." + namespace + "~" + namespace + ".svc.cluster.local",
                        Map.of("NAMESPACE", namespace, "LABELS", proxy.textMap("labels"), "INSTANCE_IPS", "10.0.0.1"),
                        Locality.NONE)
                .orElseThrow();
        Scene scene = new Scene(new ScopeResolver().resolve(input.snapshot(), node), new AccessListFilters());
        JsonObject found = new JsonObject();
        for (Side side : Side.values()) {
            Traces.Rule rule = Traces.rule(scene, side);
            if (rule.provider().isEmpty()) {
                return JsonNull.INSTANCE;
            }
            found.add(side == Side.CLIENT ? "client" : "server", json(rule));
        }
        return found;
    }

    private static JsonObject json(Traces.Rule rule) {
        JsonObject json = new JsonObject();
        json.addProperty("disableContextPropagation", false);
        json.addProperty("disabled", rule.disabled());
        json.addProperty("enableIstioTags", rule.istioTags());
        json.addProperty("provider", rule.provider().orElseThrow());
        json.addProperty("useRequestIDForTraceSampling", rule.useRequestId());
        rule.sampling().ifPresent(share -> json.addProperty("randomSamplingPercentage", share));
        if (!rule.tags().isEmpty()) {
            JsonObject tags = new JsonObject();
            rule.tags().forEach((name, tag) -> tags.add(name, json(tag)));
            json.add("customTags", tags);
        }
        return json;
    }

    private static JsonObject json(CustomTag tag) {
        JsonObject json = new JsonObject();
        switch (tag) {
            case CustomTag.None _ -> {}
            case CustomTag.Literal _, CustomTag.Environment _, CustomTag.Header _, CustomTag.Formatter _ ->
                json.addProperty("value", tag.toString());
        }
        return json;
    }
}
