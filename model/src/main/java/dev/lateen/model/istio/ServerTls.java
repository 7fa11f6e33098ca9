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
        return new ServerTls(
                in.flag("httpsRedirect"),
                in.text("mode", "PASSTHROUGH"),
                new Files(
                        in.text("serverCertificate", ""),
                        in.text("privateKey", ""),
                        in.text("caCertificates", ""),
                        in.text("caCrl", ""),
                        in.objects("tlsCertificates", KeyPair::of)),
                in.text("credentialName", ""),
                in.texts("credentialNames"),
                in.text("caCertCredentialName", ""),
                in.texts("subjectAltNames"),
                new Verification(
                        in.texts("verifyCertificateSpki"),
                        in.texts("verifyCertificateHash"),
                        in.flag("insecureSkipVerify")),
                new Protocol(
                        in.text("minProtocolVersion", "TLS_AUTO"),
                        in.text("maxProtocolVersion", "TLS_AUTO"),
                        CipherSuites.of(in, "cipherSuites")));
    }

    /// @param several certificates of which one suits the client; empty where there is one at most
    public record Files(
            String certificate, String privateKey, String caCertificates, String crl, List<KeyPair> several) {
        /// All certificates, with their keys.
        public List<KeyPair> pairs() {
            return several.isEmpty() ? List.of(new KeyPair(certificate, privateKey)) : several;
        }
    }

    /// Files of a certificate's chain and its key.
    public record KeyPair(String certificate, String privateKey) {
        static KeyPair of(Reader in) {
            // Authorities for clients are the server's, whichever certificate a client is shown.
            in.notYet("caCertificates");
            return new KeyPair(in.text("serverCertificate", ""), in.text("privateKey", ""));
        }
    }

    /// @param skipped whether any certificate of a client will do
    public record Verification(List<String> spki, List<String> hash, boolean skipped) {}

    /// @param cipherSuites that are known; others are left out, as Istio does
    public record Protocol(String minimum, String maximum, List<String> cipherSuites) {}
}
