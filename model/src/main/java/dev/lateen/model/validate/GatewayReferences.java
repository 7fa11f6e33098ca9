package dev.lateen.model.validate;

import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What Gateways refer to: the secrets with their certificates. Thread: any one.
final class GatewayReferences {
    private final References references;
    private final MeshIndex index;

    GatewayReferences(References references) {
        this.references = references;
        this.index = references.index();
    }

    void gateway(ResourceKey key, View spec) {
        Map<String, String> selector = MeshIndex.textMap(spec, "selector");
        Set<String> serving = selector.isEmpty() ? Set.of() : index.namespacesOf(selector);
        // Where no workload is known, it may be one that runs beside its Gateway.
        Set<String> namespaces = serving.isEmpty() ? Set.of(key.namespace()) : serving;
        for (View server : spec.objects("servers")) {
            server.object("tls").ifPresent(tls -> {
                List<Spot> names = new ArrayList<>(tls.items("credentialNames"));
                if (tls.filled("credentialName")) {
                    names.add(tls.spot("credentialName"));
                }
                namespaces.forEach(namespace -> names.forEach(name -> secret(namespace, name)));
            });
        }
    }

    private void secret(String namespace, Spot credential) {
        if (credential.value().contains("://")) {
            return;
        }
        Optional<RawResource> secret = index.find("Secret", "", namespace, credential.value());
        if (secret.isEmpty()) {
            references.missing(
                    credential,
                    "there is no secret of this name in namespace '" + namespace + "'",
                    index.hasKind("Secret"),
                    index.names("Secret", "", namespace),
                    "add a Secret of type kubernetes.io/tls where the gateway's workload runs");
            return;
        }
        View root = new View(secret.get().root(), "", references.report());
        for (String field : List.of("tls.crt", "tls.key")) {
            boolean there = holds(root, field) || holds(root, field.equals("tls.crt") ? "cert" : "key");
            if (!there) {
                references
                        .report()
                        .warning(
                                root.spot("data"),
                                "missing-required",
                                "secret has no " + field,
                                "a gateway uses it as a certificate");
            }
        }
    }

    private static boolean holds(View secret, String field) {
        return List.of("data", "stringData").stream()
                .anyMatch(
                        part -> secret.object(part).map(data -> data.has(field)).orElse(false));
    }
}
