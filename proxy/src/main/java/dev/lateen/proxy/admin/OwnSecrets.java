package dev.lateen.proxy.admin;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.lateen.identity.Pem;
import dev.lateen.proxy.admin.AdminBackend.Accepted;
import dev.lateen.proxy.tls.CertificateConfig;
import dev.lateen.proxy.tls.Secret;
import dev.lateen.proxy.tls.SecretRef;
import dev.lateen.proxy.tls.Secrets;
import dev.lateen.proxy.tls.ValidationConfig;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Shows the secrets that no control plane sent, those of this process and of the bootstrap, in the form that
/// discovered ones have, and all certificates. Keys are not shown.
///
/// Thread: chores loop.
public final class OwnSecrets {
    private static final int URI_NAME = 6;
    private static final int DNS_NAME = 2;

    private OwnSecrets() {}

    /// For config dumps.
    public static List<Accepted> of(Secrets secrets) {
        List<Accepted> own = new ArrayList<>();
        sorted(secrets).forEach((name, ref) -> {
            if (ref.origin() != SecretRef.Origin.ADS) {
                secrets.get(ref)
                        .ifPresent(secret -> own.add(new Accepted(
                                ref.name(),
                                "",
                                Any.pack(message(ref.name(), secret)),
                                secrets.arrival(ref),
                                ref.origin() == SecretRef.Origin.STATIC)));
            }
        });
        return own;
    }

    private static Map<String, SecretRef> sorted(Secrets secrets) {
        Map<String, SecretRef> sorted = new TreeMap<>();
        secrets.all().keySet().forEach(ref -> sorted.put(ref.name() + " " + ref.origin(), ref));
        return sorted;
    }

    private static io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret message(String name, Secret secret) {
        var message = io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret.newBuilder()
                .setName(name);
        switch (secret) {
            case Secret.Certificate(CertificateConfig certificate) ->
                message.setTlsCertificate(TlsCertificate.newBuilder()
                        .setCertificateChain(pem(certificate.chain()))
                        .setPrivateKey(DataSource.newBuilder().setInlineString("[redacted]")));
            case Secret.Validation(ValidationConfig validation) ->
                message.setValidationContext(
                        CertificateValidationContext.newBuilder().setTrustedCa(pem(validation.roots())));
        }
        return message.build();
    }

    private static DataSource pem(List<X509Certificate> certificates) {
        return DataSource.newBuilder()
                .setInlineBytes(ByteString.copyFrom(Pem.encode(certificates), StandardCharsets.US_ASCII))
                .build();
    }

    /// For `/certs`: a certificate with the authorities that belong to it (those of this process, or
    /// `NAME-cacert`), and authorities alone.
    public static String certificates(Secrets secrets, Instant now) {
        JsonOut json = new JsonOut().object().array("certificates");
        Map<SecretRef, Secret> all = secrets.all();
        sorted(secrets).values().forEach(ref -> {
            if (all.get(ref) instanceof Secret.Certificate(CertificateConfig certificate)) {
                json.object();
                list("ca_cert", ref.name(), authorities(ref, all), now, json);
                list("cert_chain", ref.name(), certificate.chain(), now, json);
                json.end();
            } else if (all.get(ref) instanceof Secret.Validation(ValidationConfig validation)
                    && ref.origin() != SecretRef.Origin.LOCAL
                    && !ref.name().endsWith("-cacert")) {
                json.object();
                list("ca_cert", ref.name(), validation.roots(), now, json);
                json.array("cert_chain").end().end();
            }
        });
        return json.end().end().toString();
    }

    private static List<X509Certificate> authorities(SecretRef of, Map<SecretRef, Secret> all) {
        List<X509Certificate> found = new ArrayList<>();
        all.forEach((ref, secret) -> {
            boolean belongs = ref.origin() == of.origin()
                    && (ref.origin() == SecretRef.Origin.LOCAL || ref.name().equals(of.name() + "-cacert"));
            if (belongs && secret instanceof Secret.Validation(ValidationConfig validation)) {
                found.addAll(validation.roots());
            }
        });
        return found;
    }

    private static void list(
            String member, String name, List<X509Certificate> certificates, Instant now, JsonOut json) {
        json.array(member);
        for (X509Certificate certificate : certificates) {
            Instant end = certificate.getNotAfter().toInstant();
            json.object()
                    .text("path", name)
                    .text("serial_number", certificate.getSerialNumber().toString(16));
            names(certificate, json);
            json.text(
                            "days_until_expiration",
                            Long.toString(Math.max(0, Duration.between(now, end).toDays())))
                    .text("valid_from", certificate.getNotBefore().toInstant().toString())
                    .text("expiration_time", end.toString())
                    .end();
        }
        json.end();
    }

    private static void names(X509Certificate certificate, JsonOut json) {
        json.array("subject_alt_names");
        try {
            var names = certificate.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                if (name.getFirst() instanceof Integer kind && (kind == URI_NAME || kind == DNS_NAME)) {
                    json.object()
                            .text(kind == URI_NAME ? "uri" : "dns", String.valueOf(name.get(1)))
                            .end();
                }
            }
        } catch (CertificateParsingException _) {
            // Names that cannot be read are not shown.
        }
        json.end();
    }
}
