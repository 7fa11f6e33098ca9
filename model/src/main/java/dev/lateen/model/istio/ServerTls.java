package dev.lateen.model.istio;

import java.util.List;

/// TLS as a server. Source: Istio `ServerTLSSettings`.
///
/// @param mode `SIMPLE`, `MUTUAL`, `PASSTHROUGH`, `AUTO_PASSTHROUGH`, `ISTIO_MUTUAL` or `OPTIONAL_MUTUAL`
public record ServerTls(
        boolean httpsRedirect,
        String mode,
        Files files,
        String credentialName,
        List<String> credentialNames,
        String caCertCredentialName,
        List<String> subjectAltNames,
        Verification verification,
        Protocol protocol) {

    static ServerTls of(Reader in) {
        in.notYet("tlsCertificates", "insecureSkipVerify");
        return new ServerTls(
                in.flag("httpsRedirect"),
                in.text("mode", "PASSTHROUGH"),
                new Files(
                        in.text("serverCertificate", ""),
                        in.text("privateKey", ""),
                        in.text("caCertificates", ""),
                        in.text("caCrl", "")),
                in.text("credentialName", ""),
                in.texts("credentialNames"),
                in.text("caCertCredentialName", ""),
                in.texts("subjectAltNames"),
                new Verification(in.texts("verifyCertificateSpki"), in.texts("verifyCertificateHash")),
                new Protocol(
                        in.text("minProtocolVersion", "TLS_AUTO"),
                        in.text("maxProtocolVersion", "TLS_AUTO"),
                        in.texts("cipherSuites")));
    }

    public record Files(String certificate, String privateKey, String caCertificates, String crl) {}

    public record Verification(List<String> spki, List<String> hash) {}

    public record Protocol(String minimum, String maximum, List<String> cipherSuites) {}
}
