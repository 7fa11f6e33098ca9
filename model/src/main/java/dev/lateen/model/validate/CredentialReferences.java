package dev.lateen.model.validate;

import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The secrets that Gateways and DestinationRules name as `credentialName`. Thread: any one.
final class CredentialReferences {
    private final References references;
    private final MeshIndex index;

    CredentialReferences(References references) {
        this.references = references;
        this.index = references.index();
    }

    void gateway(ResourceKey key, View spec) {
        Set<String> namespaces = servedIn(MeshIndex.textMap(spec, "selector"), key.namespace());
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

    /// @param rootNamespace where the Gateway of an Ingress is
    void ingress(View spec, Map<String, String> proxies, String rootNamespace) {
        for (View tls : spec.objects("tls")) {
            if (tls.filled("secretName")) {
                servedIn(proxies, rootNamespace).forEach(namespace -> secret(namespace, tls.spot("secretName")));
            }
        }
    }

    /// Where no workload is known, it may be one that runs beside its Gateway.
    private Set<String> servedIn(Map<String, String> selector, String besideGateway) {
        Set<String> serving = selector.isEmpty() ? Set.of() : index.namespacesOf(selector);
        return serving.isEmpty() ? Set.of(besideGateway) : serving;
    }

    /// A secret is looked for where the proxy runs: a gateway, or a workload that the rule selects.
    void destinationRule(ResourceKey key, View spec) {
        Set<String> namespaces = spec.has("workloadSelector") ? Set.of(key.namespace()) : index.namespacesOfGateways();
        policies(spec)
                .flatMap(policy -> policy.object("tls").stream())
                .filter(tls -> tls.filled("credentialName"))
                .map(tls -> tls.spot("credentialName"))
                .filter(credential -> !credential.value().contains("://"))
                .filter(credential -> !namespaces.isEmpty()
                        && namespaces.stream().noneMatch(namespace -> known(namespace, credential.value())))
                .forEach(
                        credential -> references.missing(
                                credential,
                                "there is no secret of this name, nor one of it with '-cacert', in namespace '"
                                        + String.join("', '", namespaces) + "'",
                                index.hasKind("Secret"),
                                namespaces.stream()
                                        .flatMap(namespace -> index.names("Secret", "", namespace).stream())
                                        .toList(),
                                "add a Secret with ca.crt, and tls.crt and tls.key for MUTUAL, where the proxy that connects runs"));
    }

    private static Stream<View> policies(View spec) {
        return Stream.concat(Stream.of(spec), spec.objects("subsets").stream())
                .flatMap(part -> part.object("trafficPolicy").stream())
                .flatMap(policy -> Stream.concat(Stream.of(policy), policy.objects("portLevelSettings").stream()));
    }

    private boolean known(String namespace, String name) {
        return index.find("Secret", "", namespace, name).isPresent()
                || index.find("Secret", "", namespace, name + "-cacert").isPresent();
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
