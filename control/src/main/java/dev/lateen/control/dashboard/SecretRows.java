package dev.lateen.control.dashboard;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.xds.EncodedResource;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What may be told of a proxy's secrets: of each its name, and what its certificates say of themselves. Nothing else
/// of a secret is copied, so that no key can be among it.
///
/// Limits: 200 secrets, 20 certificates of each; how many there are is told.
///
/// Thread: any.
final class SecretRows {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_SECRETS = 200;
    private static final int MOST_CERTIFICATES = 20;

    private SecretRows() {}

    /// @param dump the answer of `/config_dump?resource=dynamic_active_secrets`, in which data planes spell names of
    /// fields in either way
    static ArrayNode ofDump(JsonNode dump) {
        ArrayNode rows = JSON.createArrayNode();
        for (JsonNode one : dump.path("configs")) {
            if (rows.size() == MOST_SECRETS) {
                break;
            }
            JsonNode secret = one.path("secret");
            JsonNode chain =
                    field(field(secret, "tls_certificate", "tlsCertificate"), "certificate_chain", "certificateChain");
            JsonNode roots = field(field(secret, "validation_context", "validationContext"), "trusted_ca", "trustedCa");
            boolean believed = chain.isMissingNode() && !roots.isMissingNode();
            rows.add(row(one.path("name").asString(""), believed, pem(believed ? roots : chain)));
        }
        return rows;
    }

    /// @param sent by the control plane
    static ArrayNode ofSent(Iterable<EncodedResource> sent) {
        ArrayNode rows = JSON.createArrayNode();
        for (EncodedResource one : sent) {
            if (rows.size() == MOST_SECRETS) {
                break;
            }
            try {
                Secret secret = Secret.parseFrom(one.any().getValue());
                boolean believed = secret.hasValidationContext();
                DataSource source = believed
                        ? secret.getValidationContext().getTrustedCa()
                        : secret.getTlsCertificate().getCertificateChain();
                rows.add(row(one.name(), believed, pem(source)));
            } catch (InvalidProtocolBufferException _) {
                rows.add(row(one.name(), false, "")); // named at least
            }
        }
        return rows;
    }

    private static JsonNode field(JsonNode of, String name, String camelCase) {
        return of.has(name) ? of.path(name) : of.path(camelCase);
    }

    private static String pem(JsonNode source) {
        JsonNode bytes = field(source, "inline_bytes", "inlineBytes");
        if (bytes.isMissingNode()) {
            return field(source, "inline_string", "inlineString").asString("");
        }
        try {
            return new String(Base64.getDecoder().decode(bytes.asString("")), StandardCharsets.US_ASCII);
        } catch (IllegalArgumentException _) {
            return "";
        }
    }

    private static String pem(DataSource source) {
        return source.hasInlineBytes() ? source.getInlineBytes().toStringUtf8() : source.getInlineString();
    }

    /// @param believed whether its certificates are those of authorities
    private static ObjectNode row(String name, boolean believed, String pem) {
        List<X509Certificate> certificates = certificates(pem);
        ObjectNode row = JSON.createObjectNode()
                .put("name", name)
                .put("believed", believed)
                .put("count", certificates.size());
        ArrayNode list = row.putArray("certificates");
        certificates.stream()
                .limit(MOST_CERTIFICATES)
                .forEach(one -> list.addObject()
                        .put("subject", subject(one))
                        .put("issuer", one.getIssuerX500Principal().getName())
                        .put("serial", one.getSerialNumber().toString(16))
                        .put("notBefore", one.getNotBefore().toInstant().toString())
                        .put("notAfter", one.getNotAfter().toInstant().toString()));
        return row;
    }

    /// Workloads' certificates have an identity rather than a subject.
    private static String subject(X509Certificate certificate) {
        return SpiffeId.of(certificate)
                .map(SpiffeId::toString)
                .orElseGet(() -> certificate.getSubjectX500Principal().getName());
    }

    /// None where the text holds none, such as where a file is named instead.
    private static List<X509Certificate> certificates(String pem) {
        try {
            return Pem.certificates(pem);
        } catch (IllegalArgumentException _) {
            return List.of();
        }
    }
}
