package dev.lateen.translate;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.mesh.MeshService;
import dev.lateen.model.resource.ResourceKey;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Says in the metadata of an object which resources made it: under `istio` as Istio does, under `lateen` with file,
/// line and field.
final class Provenance {
    static final String ISTIO = "istio";
    static final String LATEEN = "lateen";

    private Provenance() {}

    /// The path of a resource in the Kubernetes API, as Istio writes it: the kind in dashed lower case.
    static String path(Origin origin) {
        ResourceKey key = origin.resource();
        StringBuilder kind = new StringBuilder();
        for (char c : key.kind().toCharArray()) {
            if (Character.isUpperCase(c) && !kind.isEmpty()) {
                kind.append('-');
            }
            kind.append(Character.toLowerCase(c));
        }
        String version = origin.apiVersion().substring(origin.apiVersion().lastIndexOf('/') + 1);
        return "/apis/" + key.group() + "/" + canonicalVersion(version) + "/namespaces/" + key.namespace() + "/" + kind
                + "/" + key.name();
    }

    /// All versions of Istio's kinds are one; the stored one is named.
    private static String canonicalVersion(String version) {
        return version.toLowerCase(Locale.ROOT).startsWith("v1") ? "v1" : version;
    }

    static Metadata config(Origin origin) {
        return withOrigin(
                Struct.newBuilder()
                        .putFields("config", Protos.text(path(origin)))
                        .build(),
                origin);
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
        rule.ifPresent(r -> istio.putFields("config", Protos.text(path(r))));
        if (!subset.isEmpty()) {
            istio.putFields("subset", Protos.text(subset));
        }
        return withOrigin(istio.build(), rule.orElse(from));
    }
}
