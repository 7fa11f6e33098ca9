package dev.lateen.model.analyze;

import dev.lateen.model.kubernetes.Secret;
import dev.lateen.model.validate.Spot;
import dev.lateen.model.validate.View;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Looks at the secrets that Gateways name: whether they are where the gateway's pods are, and of any use.
/// Thread: any.
final class GatewaySecrets {
    private enum Verdict {
        MISSING,
        INVALID,
        GOOD
    }

    private GatewaySecrets() {}

    static void check(MeshContents mesh, Messages messages) {
        Map<String, Verdict> verdicts = new HashMap<>();
        for (Item gateway : mesh.networking("Gateway")) {
            List<Item> pods = mesh.pods().selected(Labels.of(gateway.spec(), "selector"));
            if (pods.isEmpty()) {
                GatewayChecks.noPods(gateway, messages);
                continue;
            }
            String namespace = pods.getFirst().namespace();
            for (View server : gateway.spec().objects("servers")) {
                server.object("tls").ifPresent(tls -> {
                    for (Spot name : credentials(tls)) {
                        Verdict verdict = verdicts.computeIfAbsent(
                                Item.fullName(namespace, name.value()), key -> look(mesh, namespace, name.value()));
                        report(verdict, gateway, name, namespace, messages);
                    }
                });
            }
        }
    }

    private static List<Spot> credentials(View tls) {
        List<Spot> names = new ArrayList<>();
        if (tls.filled("credentialName")) {
            names.add(tls.spot("credentialName"));
        }
        names.addAll(tls.items("credentialNames"));
        return names;
    }

    private static void report(Verdict verdict, Item gateway, Spot name, String namespace, Messages messages) {
        switch (verdict) {
            case MISSING ->
                messages.add(MessageType.REFERENCED_RESOURCE_NOT_FOUND, gateway, name, "credentialName", name.value());
            case INVALID ->
                messages.add(MessageType.INVALID_GATEWAY_CREDENTIAL, gateway, name, gateway.shortName(), namespace);
            case GOOD -> {}
        }
    }

    private static Verdict look(MeshContents mesh, String namespace, String name) {
        Optional<Item> secret = mesh.find("", "Secret", namespace, name);
        if (secret.isEmpty()) {
            return Verdict.MISSING;
        }
        Secret content = Secret.of(secret.get().resource());
        Optional<byte[]> chain = content.value("tls.crt").or(() -> content.value("cert"));
        Optional<byte[]> key = content.value("tls.key").or(() -> content.value("key"));
        boolean good = chain.isPresent() && key.isPresent() && isChain(chain.get(), mesh.now()) && isKey(key.get());
        return good ? Verdict.GOOD : Verdict.INVALID;
    }

    /// Whether there are certificates, all of them valid now.
    private static boolean isChain(byte[] pem, Instant now) {
        try {
            Collection<? extends Certificate> chain =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            for (Certificate one : chain) {
                if (one instanceof X509Certificate certificate
                        && (certificate.getNotAfter().toInstant().isBefore(now)
                                || certificate.getNotBefore().toInstant().isAfter(now))) {
                    return false;
                }
            }
            return !chain.isEmpty();
        } catch (CertificateException _) {
            return false;
        }
    }

    private static boolean isKey(byte[] pem) {
        String text = new String(pem, StandardCharsets.ISO_8859_1);
        return text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----");
    }
}
