package dev.lateen.model.validate;

/// Istio's rules for TLS towards an upstream. Thread: any.
final class ClientTlsRules {
    private ClientTlsRules() {}

    static void check(View tls) {
        String mode = tls.text("mode");
        boolean simple = mode.equals("SIMPLE");
        boolean mutual = mode.equals("MUTUAL");
        if (tls.flag("insecureSkipVerify")) {
            boolean verifies = tls.filled("caCertificates") || tls.size("subjectAltNames") > 0;
            boolean secretVerifies = simple && tls.filled("credentialName");
            if ((simple || mutual) && (verifies || secretVerifies)) {
                tls.error(
                        "insecureSkipVerify",
                        "conflict",
                        "the server is not checked, yet there is something to check it against",
                        "no caCertificates, subjectAltNames" + (simple ? ", credentialName" : ""));
            }
        }
        if ((simple || mutual) && tls.filled("credentialName")) {
            for (String field : new String[] {"clientCertificate", "privateKey", "caCertificates", "caCrl"}) {
                if (tls.filled(field)) {
                    tls.error(field, "conflict", "files cannot stand beside credentialName", "one of them");
                }
            }
            return;
        }
        if (mutual) {
            for (String field : new String[] {"clientCertificate", "privateKey"}) {
                if (!tls.filled(field)) {
                    tls.error(field, "missing-required", "mutual TLS needs " + field, "a file, or credentialName");
                }
            }
        }
    }
}
