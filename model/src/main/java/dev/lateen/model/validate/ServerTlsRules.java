package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Spelling;
import dev.lateen.model.istio.CipherSuites;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Istio's rules for TLS at a gateway or sidecar. Thread: any.
final class ServerTlsRules {
    private static final int MOST_CERTIFICATES = 2;
    private static final List<String> CERTIFICATE_FIELDS = List.of(
            "serverCertificate",
            "privateKey",
            "caCertificates",
            "credentialName",
            "credentialNames",
            "caCertCredentialName",
            "tlsCertificates",
            "caCrl");

    private ServerTlsRules() {}

    static void check(View tls) {
        cipherSuites(tls);
        switch (tls.text("mode")) {
            case "ISTIO_MUTUAL" -> refuseCertificates(tls);
            case "SIMPLE" -> certificates(tls, false);
            case "MUTUAL", "OPTIONAL_MUTUAL" -> certificates(tls, true);
            default -> ignoreCertificates(tls);
        }
        oldVersions(tls);
        boolean asks = tls.text("mode").equals("MUTUAL") || tls.text("mode").equals("OPTIONAL_MUTUAL");
        if (tls.flag("insecureSkipVerify") && !asks) {
            tls.warning(
                    "insecureSkipVerify",
                    "ineffective",
                    "no client is asked for a certificate that could be left unchecked",
                    "mode MUTUAL or OPTIONAL_MUTUAL");
        }
    }

    private static void refuseCertificates(View tls) {
        for (String field : CERTIFICATE_FIELDS) {
            if (tls.filled(field) && !field.equals("caCrl")) {
                tls.error(field, "conflict", "ISTIO_MUTUAL uses the mesh's own certificates", "no " + field);
            }
        }
    }

    private static void ignoreCertificates(View tls) {
        for (String field : CERTIFICATE_FIELDS) {
            if (tls.filled(field)) {
                tls.warning(
                        field,
                        "ineffective",
                        "without terminating TLS no certificate is used",
                        "remove it, or set mode");
                return;
            }
        }
    }

    private static void certificates(View tls, boolean mutual) {
        int sources = 0;
        sources += tls.filled("credentialName") ? 1 : 0;
        sources += tls.size("credentialNames") > 0 ? 1 : 0;
        sources += tls.filled("serverCertificate") && tls.filled("privateKey") ? 1 : 0;
        sources += tls.size("tlsCertificates") > 0 ? 1 : 0;
        if (sources > 1) {
            tls.report()
                    .error(
                            tls.spot(),
                            "oneof",
                            "only one of credentialName, credentialNames, serverCertificate with privateKey, and tlsCertificates can be set");
        }
        for (String field : List.of("tlsCertificates")) {
            if (tls.size(field) > MOST_CERTIFICATES) {
                tls.warning(
                        field,
                        "ineffective",
                        "more than " + MOST_CERTIFICATES + " certificates",
                        "one RSA and one ECDSA certificate");
            }
        }
        if (tls.filled("credentialName") || tls.size("credentialNames") > 0) {
            return;
        }
        if (mutual && !tls.filled("caCertificates") && !tls.filled("caCertCredentialName")) {
            tls.error(
                    "caCertificates",
                    "missing-required",
                    "mutual TLS needs authorities for clients",
                    "a file, or credentialName");
        }
        if (!mutual && tls.filled("caCrl")) {
            tls.error("caCrl", "conflict", "revocations matter only where clients show certificates", "mode MUTUAL");
        }
        List<View> several = tls.objects("tlsCertificates");
        if (several.isEmpty()) {
            certificate(tls);
        } else {
            several.forEach(ServerTlsRules::certificate);
        }
    }

    private static void certificate(View holder) {
        for (String field : List.of("serverCertificate", "privateKey")) {
            if (!holder.filled(field)) {
                holder.error(field, "missing-required", "TLS needs " + field, "a file, or credentialName");
            }
        }
    }

    /// Of servers, and of what holds for all of them.
    static void cipherSuites(View tls) {
        Set<String> seen = new HashSet<>();
        for (Spot suite : tls.items("cipherSuites")) {
            if (!CipherSuites.isKnown(suite.value())) {
                tls.report()
                        .warning(
                                suite,
                                "ineffective",
                                "cipher suite is not known and is left out",
                                Spelling.advice(suite.value(), CipherSuites.KNOWN));
            } else if (!seen.add(suite.value())) {
                tls.report().warning(suite, "duplicate", "cipher suite is given twice");
            }
        }
    }

    private static void oldVersions(View tls) {
        for (String field : List.of("minProtocolVersion")) {
            boolean old = Set.of("TLSV1_0", "TLSV1_1").contains(tls.text(field));
            if (old && tls.size("cipherSuites") == 0) {
                tls.warning(
                        field,
                        "ineffective",
                        "the default cipher suites do not work with TLS below 1.2",
                        "set cipherSuites, or use TLSV1_2");
            }
        }
    }
}
