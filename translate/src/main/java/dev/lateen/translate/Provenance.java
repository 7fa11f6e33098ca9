package dev.lateen.translate;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.mesh.MeshService;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import java.util.ArrayList;
import java.util.List;

/// Says in the metadata of an object which resources made it: under `istio` as Istio does, under `lateen` with file,
/// line and field.
final class Provenance {
    static final String ISTIO = "istio";
    static final String LATEEN = "lateen";

    private Provenance() {}

    static Metadata config(Origin origin) {
        return withOrigin(
                Struct.newBuilder()
                        .putFields("config", Protos.text(origin.configPath()))
                        .build(),
                origin);
    }

    /// Of what Istio has no metadata for: file, line and field alone.
    static Metadata place(Origin origin) {
        return Metadata.newBuilder().putFilterMetadata(LATEEN, source(origin)).build();
    }

    private static Metadata withOrigin(Struct istio, Origin origin) {
        return Metadata.newBuilder()
                .putFilterMetadata(ISTIO, istio)
                .putFilterMetadata(LATEEN, source(origin))
                .build();
    }

    static Struct source(Origin origin) {
        return Struct.newBuilder()
                .putFields("file", Protos.text(origin.at().file()))
                .putFields(
                        "line",
                        Value.newBuilder().setNumberValue(origin.at().line()).build())
                .putFields("field", Protos.text(origin.field()))
                .build();
    }

    /// Of a cluster for one service.
    ///
    /// @param meshAlpn whether the proxy may offer the mesh's own protocols
    static Metadata ofCluster(MeshService service, java.util.Optional<Origin> rule, String subset, boolean meshAlpn) {
        Metadata plain = cluster(List.of(service), rule, subset, service.origin());
        if (meshAlpn && !service.meshExternal()) {
            return plain;
        }
        Struct.Builder istio = plain.getFilterMetadataOrThrow(ISTIO).toBuilder();
        if (!meshAlpn) {
            istio.putFields("alpn_override", Protos.text("false"));
        }
        if (service.meshExternal()) {
            istio.putFields("external", Value.newBuilder().setBoolValue(true).build());
        }
        return plain.toBuilder().putFilterMetadata(ISTIO, istio.build()).build();
    }

    /// Of a cluster: its services, and the rule that shaped it.
    static Metadata cluster(List<MeshService> services, java.util.Optional<Origin> rule, String subset, Origin from) {
        List<Value> list = new ArrayList<>();
        for (MeshService service : services) {
            list.add(Protos.value(Struct.newBuilder()
                    .putFields("host", Protos.text(service.hostname()))
                    .putFields("name", Protos.text(service.name()))
                    .putFields("namespace", Protos.text(service.namespace()))
                    .build()));
        }
        Struct.Builder istio = Struct.newBuilder();
        if (!list.isEmpty()) {
            istio.putFields(
                    "services",
                    Value.newBuilder()
                            .setListValue(ListValue.newBuilder().addAllValues(list))
                            .build());
        }
        rule.ifPresent(r -> istio.putFields("config", Protos.text(r.configPath())));
        if (!subset.isEmpty()) {
            istio.putFields("subset", Protos.text(subset));
        }
        return withOrigin(istio.build(), rule.orElse(from));
    }
}
