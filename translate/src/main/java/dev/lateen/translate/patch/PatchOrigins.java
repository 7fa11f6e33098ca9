package dev.lateen.translate.patch;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.model.istio.Origin;
import dev.lateen.translate.message.Structs;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import java.util.List;

/// Says in a resource's metadata which patches have changed it, as a list `patches` under the key `lateen`, so that
/// a proxy's refusal can be shown at the EnvoyFilter that it is due to.
///
/// Limits: 16 patches.
///
/// Thread: any.
final class PatchOrigins {
    private static final String KEY = "lateen";
    private static final int MOST = 16;

    private PatchOrigins() {}

    static Metadata added(Metadata metadata, List<CompiledPatch> applied) {
        ListValue.Builder patches = ListValue.newBuilder();
        applied.stream()
                .limit(MOST)
                .forEach(patch -> patches.addValues(place(patch.patch().origin())));
        Struct.Builder own = metadata.getFilterMetadataOrDefault(KEY, Struct.getDefaultInstance()).toBuilder();
        own.putFields("patches", Value.newBuilder().setListValue(patches).build());
        return metadata.toBuilder().putFilterMetadata(KEY, own.build()).build();
    }

    private static Value place(Origin origin) {
        return Value.newBuilder()
                .setStructValue(Struct.newBuilder()
                        .putFields("resource", Structs.text(origin.configPath()))
                        .putFields("file", Structs.text(origin.at().file()))
                        .putFields(
                                "line",
                                Value.newBuilder()
                                        .setNumberValue(origin.at().line())
                                        .build())
                        .putFields("field", Structs.text(origin.field())))
                .build();
    }
}
