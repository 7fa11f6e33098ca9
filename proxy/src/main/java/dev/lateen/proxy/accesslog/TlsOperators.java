package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.stream.StreamInfo;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// What logs say of TLS with the client, and of certificates.
///
/// Source: Envoy documentation, "Command operators". Thread: event loop.
final class TlsOperators {
    private static final int DNS = 2;
    private static final int IP = 7;

    private TlsOperators() {}

    /// Null where the name is unknown.
    static @Nullable Function<StreamInfo, @Nullable String> of(String name) {
        return switch (name) {
            case "DOWNSTREAM_TLS_VERSION" -> session(SSLSession::getProtocol);
            case "DOWNSTREAM_TLS_CIPHER" -> session(session -> openSslName(session.getCipherSuite()));
            case "DOWNSTREAM_PEER_SUBJECT" -> peer(peer -> text(peer.getSubjectX500Principal()));
            case "DOWNSTREAM_PEER_ISSUER" -> peer(peer -> text(peer.getIssuerX500Principal()));
            case "DOWNSTREAM_PEER_SERIAL" -> peer(TlsOperators::serial);
            case "DOWNSTREAM_PEER_FINGERPRINT_256" -> peer(peer -> fingerprint(peer, "SHA-256"));
            case "DOWNSTREAM_PEER_FINGERPRINT_1" -> peer(peer -> fingerprint(peer, "SHA-1"));
            case "DOWNSTREAM_PEER_DNS_SAN" -> peer(peer -> names(peer, DNS));
            case "DOWNSTREAM_PEER_IP_SAN" -> peer(peer -> names(peer, IP));
            case "DOWNSTREAM_LOCAL_SUBJECT" -> local(own -> text(own.getSubjectX500Principal()));
            case "DOWNSTREAM_LOCAL_DNS_SAN" -> local(own -> names(own, DNS));
            default -> null;
        };
    }

    private static Function<StreamInfo, @Nullable String> session(Function<SSLSession, @Nullable String> value) {
        return info -> info.downstreamTlsSession == null ? null : value.apply(info.downstreamTlsSession);
    }

    private static Function<StreamInfo, @Nullable String> peer(Function<X509Certificate, @Nullable String> value) {
        return info -> info.downstreamCertificate == null ? null : value.apply(info.downstreamCertificate);
    }

    private static Function<StreamInfo, @Nullable String> local(Function<X509Certificate, @Nullable String> value) {
        return session(session -> {
            Certificate[] own = session.getLocalCertificates();
            return own != null && own.length > 0 && own[0] instanceof X509Certificate certificate
                    ? value.apply(certificate)
                    : null;
        });
    }

    private static String text(X500Principal name) {
        return name.getName(X500Principal.RFC2253);
    }

    /// In whole octets.
    private static String serial(X509Certificate certificate) {
        String digits = certificate.getSerialNumber().toString(16);
        return digits.length() % 2 == 0 ? digits : "0" + digits;
    }

    private static @Nullable String fingerprint(X509Certificate certificate, String algorithm) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(certificate.getEncoded()));
        } catch (NoSuchAlgorithmException | CertificateEncodingException _) {
            return null;
        }
    }

    private static @Nullable String names(X509Certificate certificate, int kind) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? null
                    : names.stream()
                            .filter(name -> name.get(0).equals(kind))
                            .map(name -> String.valueOf(name.get(1)))
                            .collect(Collectors.joining(","));
        } catch (CertificateParsingException _) {
            return null;
        }
    }

    /// `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` is called `ECDHE-RSA-AES128-GCM-SHA256` there; suites of TLS 1.3 have
    /// one
    /// name.
    private static String openSslName(String suite) {
        int with = suite.indexOf("_WITH_");
        if (with < 0) {
            return suite;
        }
        String cipher = suite.substring(with + "_WITH_".length())
                .replace("AES_", "AES")
                .replace("CHACHA20_POLY1305_SHA256", "CHACHA20_POLY1305");
        return (suite.substring("TLS_".length(), with) + "-" + cipher).replace('_', '-');
    }
}
