package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.stream.CertificateTexts;
import dev.lateen.proxy.stream.StreamInfo;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.Function;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// What logs say of TLS at both sides, and of certificates.
///
/// Limits: of our own certificate towards the upstream only the URI names, since a session that was resumed does not
/// tell the others; of chains only their first certificate.
///
/// Source: Envoy documentation, "Command operators". Thread: event loop.
final class TlsOperators {
    private TlsOperators() {}

    /// Null where the name is unknown.
    static @Nullable Function<StreamInfo, @Nullable String> of(String name) {
        return switch (name) {
            case "DOWNSTREAM_TLS_VERSION" -> downstream(SSLSession::getProtocol);
            case "DOWNSTREAM_TLS_CIPHER" -> downstream(CertificateTexts::cipher);
            case "DOWNSTREAM_TLS_SESSION_ID" -> downstream(TlsOperators::id);
            case "DOWNSTREAM_PEER_SUBJECT" -> client(CertificateTexts::subject);
            case "DOWNSTREAM_PEER_ISSUER" -> client(CertificateTexts::issuer);
            case "DOWNSTREAM_PEER_SERIAL" -> client(CertificateTexts::serial);
            case "DOWNSTREAM_PEER_FINGERPRINT_256" -> client(peer -> CertificateTexts.fingerprint(peer, "SHA-256"));
            case "DOWNSTREAM_PEER_FINGERPRINT_1" -> client(peer -> CertificateTexts.fingerprint(peer, "SHA-1"));
            case "DOWNSTREAM_PEER_DNS_SAN" -> client(peer -> names(peer, CertificateTexts.DNS));
            case "DOWNSTREAM_PEER_IP_SAN" -> client(peer -> names(peer, CertificateTexts.IP));
            case "DOWNSTREAM_PEER_EMAIL_SAN" -> client(peer -> names(peer, CertificateTexts.EMAIL));
            case "DOWNSTREAM_PEER_CERT" -> client(CertificateTexts::pem);
            case "DOWNSTREAM_LOCAL_SUBJECT" -> local(CertificateTexts::subject);
            case "DOWNSTREAM_LOCAL_DNS_SAN" -> local(own -> names(own, CertificateTexts.DNS));
            case "DOWNSTREAM_LOCAL_IP_SAN" -> local(own -> names(own, CertificateTexts.IP));
            case "DOWNSTREAM_LOCAL_EMAIL_SAN" -> local(own -> names(own, CertificateTexts.EMAIL));
            case "UPSTREAM_TLS_VERSION" -> upstream(SSLSession::getProtocol);
            case "UPSTREAM_TLS_CIPHER" -> upstream(CertificateTexts::cipher);
            case "UPSTREAM_TLS_SESSION_ID" -> upstream(TlsOperators::id);
            case "UPSTREAM_PEER_SUBJECT" -> server(CertificateTexts::subject);
            case "UPSTREAM_PEER_ISSUER" -> server(CertificateTexts::issuer);
            case "UPSTREAM_PEER_DNS_SAN" -> server(peer -> names(peer, CertificateTexts.DNS));
            case "UPSTREAM_PEER_IP_SAN" -> server(peer -> names(peer, CertificateTexts.IP));
            case "UPSTREAM_PEER_CERT" -> server(CertificateTexts::pem);
            default -> null;
        };
    }

    /// The ends of a certificate's time, null where the name is unknown.
    ///
    /// @param pattern of the time, as that of `%START_TIME%`
    static @Nullable LogOperator validity(String name, String pattern) {
        return switch (name) {
            case "DOWNSTREAM_PEER_CERT_V_START" ->
                time(
                        pattern,
                        info -> info.downstreamCertificate,
                        shown -> shown.getNotBefore().toInstant());
            case "DOWNSTREAM_PEER_CERT_V_END" ->
                time(
                        pattern,
                        info -> info.downstreamCertificate,
                        shown -> shown.getNotAfter().toInstant());
            case "UPSTREAM_PEER_CERT_V_START" ->
                time(
                        pattern,
                        TlsOperators::server,
                        shown -> shown.getNotBefore().toInstant());
            case "UPSTREAM_PEER_CERT_V_END" ->
                time(pattern, TlsOperators::server, shown -> shown.getNotAfter().toInstant());
            default -> null;
        };
    }

    private static LogOperator time(
            String pattern,
            Function<StreamInfo, @Nullable X509Certificate> certificate,
            Function<X509Certificate, Instant> end) {
        LogOperator time = StartTime.of(pattern, info -> {
            X509Certificate shown = certificate.apply(info);
            return shown == null ? 0 : end.apply(shown).toEpochMilli();
        });
        return (info, out) -> certificate.apply(info) != null && time.append(info, out);
    }

    private static @Nullable X509Certificate server(StreamInfo info) {
        return CertificateTexts.peer(info.upstreamTlsSession);
    }

    private static Function<StreamInfo, @Nullable String> downstream(Function<SSLSession, @Nullable String> value) {
        return info -> info.downstreamTlsSession == null ? null : value.apply(info.downstreamTlsSession);
    }

    private static Function<StreamInfo, @Nullable String> upstream(Function<SSLSession, @Nullable String> value) {
        return info -> info.upstreamTlsSession == null ? null : value.apply(info.upstreamTlsSession);
    }

    private static Function<StreamInfo, @Nullable String> client(Function<X509Certificate, @Nullable String> value) {
        return info -> info.downstreamCertificate == null ? null : value.apply(info.downstreamCertificate);
    }

    private static Function<StreamInfo, @Nullable String> server(Function<X509Certificate, @Nullable String> value) {
        return info -> {
            X509Certificate peer = server(info);
            return peer == null ? null : value.apply(peer);
        };
    }

    private static Function<StreamInfo, @Nullable String> local(Function<X509Certificate, @Nullable String> value) {
        return info -> {
            X509Certificate own = CertificateTexts.local(info.downstreamTlsSession);
            return own == null ? null : value.apply(own);
        };
    }

    private static String id(SSLSession session) {
        return HexFormat.of().formatHex(session.getId());
    }

    private static String names(X509Certificate certificate, int kind) {
        return String.join(",", CertificateTexts.names(certificate, kind));
    }
}
