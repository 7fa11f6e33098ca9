package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The certificates that a proxy holds. Keys are never part of it.
///
/// @param section `SecretsConfigDump`
/// @param now for telling whether a certificate is valid
public record SecretList(JsonNode section, Instant now) {
    public static SecretList of(ConfigDump dump, Instant now) {
        return new SecretList(dump.section("SecretsConfigDump"), now);
    }

    public String table(boolean prefixed) {
        Rows rows = Rows.of(
                5, false, "RESOURCE NAME", "TYPE", "STATUS", "VALID CERT", "SERIAL NUMBER", "NOT AFTER", "NOT BEFORE");
        int before = rows.toString().length();
        addAll(rows, "dynamicActiveSecrets", "ACTIVE", prefixed);
        addAll(rows, "dynamicWarmingSecrets", "WARMING", prefixed);
        addAll(rows, "staticSecrets", "ACTIVE", prefixed);
        return rows.toString().length() == before ? "No active or warming secrets found.\n" : rows.toString();
    }

    private void addAll(Rows rows, String list, String status, boolean prefixed) {
        for (JsonNode entry : Json.items(section, list)) {
            String name = (prefixed ? "secret/" : "") + entry.path("name").asString("");
            JsonNode secret = entry.path("secret");
            JsonNode chain = Json.at(secret, "tlsCertificate", "certificateChain");
            JsonNode roots = Json.at(secret, "validationContext", "trustedCa");
            if (chain.isObject()) {
                add(rows, name, "Cert Chain", status, chain);
            } else if (roots.isObject()) {
                add(rows, name, "CA", status, roots);
            } else {
                rows.add("", name, "UNKNOWN", status, "false", "", "", "");
            }
        }
    }

    private void add(Rows rows, String name, String type, String status, JsonNode source) {
        Optional<X509Certificate> found = pem(source).flatMap(SecretList::first);
        if (found.isEmpty()) {
            rows.add("", name, type, status, "false", "", "", "");
            return;
        }
        X509Certificate certificate = found.get();
        Instant end = certificate.getNotAfter().toInstant().truncatedTo(ChronoUnit.SECONDS);
        Instant start = certificate.getNotBefore().toInstant().truncatedTo(ChronoUnit.SECONDS);
        boolean valid = !now.isBefore(start) && !now.isAfter(end);
        String serial = HexFormat.of().formatHex(certificate.getSerialNumber().toByteArray());
        String digits = serial.startsWith("00") && serial.length() > 2 ? serial.substring(2) : serial;
        rows.add("", name, type, status, Boolean.toString(valid), digits, end.toString(), start.toString());
    }

    private static Optional<byte[]> pem(JsonNode source) {
        String inline = source.path("inlineString").asString("");
        if (!inline.isEmpty()) {
            return Optional.of(inline.getBytes(StandardCharsets.UTF_8));
        }
        try {
            return Optional.of(
                    Base64.getDecoder().decode(source.path("inlineBytes").asString("")));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// The leaf of a chain, or the first root of a bundle.
    private static Optional<X509Certificate> first(byte[] pem) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            return factory.generateCertificates(new ByteArrayInputStream(pem)).stream()
                    .map(X509Certificate.class::cast)
                    .findFirst();
        } catch (CertificateException _) {
            return Optional.empty();
        }
    }
}
