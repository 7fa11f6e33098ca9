package dev.lateen.proxy.expression;

import dev.lateen.proxy.stream.Addresses;
import dev.lateen.proxy.stream.CertificateTexts;
import dev.lateen.proxy.stream.GrpcStatus;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// The attributes that have one value for a request or connection.
///
/// Source: Envoy documentation, "Attributes".
enum Fact {
    REQUEST_HOST("request.host"),
    REQUEST_METHOD("request.method"),
    REQUEST_PATH("request.path"),
    REQUEST_URL_PATH("request.url_path"),
    REQUEST_QUERY("request.query"),
    REQUEST_SCHEME("request.scheme"),
    REQUEST_PROTOCOL("request.protocol"),
    REQUEST_ID("request.id"),
    REQUEST_USER_AGENT("request.useragent"),
    REQUEST_REFERER("request.referer"),
    REQUEST_TIME("request.time"),
    REQUEST_SIZE("request.size"),
    REQUEST_TOTAL_SIZE("request.total_size"),
    REQUEST_DURATION("request.duration"),
    RESPONSE_CODE("response.code"),
    RESPONSE_CODE_DETAILS("response.code_details"),
    RESPONSE_FLAGS("response.flags"),
    RESPONSE_GRPC_STATUS("response.grpc_status"),
    RESPONSE_SIZE("response.size"),
    RESPONSE_TOTAL_SIZE("response.total_size"),
    RESPONSE_BACKEND_LATENCY("response.backend_latency"),
    SOURCE_ADDRESS("source.address"),
    SOURCE_PORT("source.port"),
    DESTINATION_ADDRESS("destination.address"),
    DESTINATION_PORT("destination.port"),
    CONNECTION_ID("connection.id"),
    CONNECTION_MTLS("connection.mtls"),
    CONNECTION_SERVER_NAME("connection.requested_server_name"),
    CONNECTION_TLS_VERSION("connection.tls_version"),
    CONNECTION_PEER_SUBJECT("connection.subject_peer_certificate"),
    CONNECTION_LOCAL_SUBJECT("connection.subject_local_certificate"),
    CONNECTION_PEER_DNS("connection.dns_san_peer_certificate"),
    CONNECTION_LOCAL_DNS("connection.dns_san_local_certificate"),
    CONNECTION_PEER_DIGEST("connection.sha256_peer_certificate_digest"),
    CONNECTION_FAILURE("connection.transport_failure_reason"),
    CONNECTION_PEER_URI("connection.uri_san_peer_certificate"),
    CONNECTION_LOCAL_URI("connection.uri_san_local_certificate"),
    CONNECTION_TERMINATION("connection.termination_details"),
    UPSTREAM_ADDRESS("upstream.address"),
    UPSTREAM_PORT("upstream.port"),
    UPSTREAM_LOCAL_ADDRESS("upstream.local_address"),
    UPSTREAM_TLS_VERSION("upstream.tls_version"),
    UPSTREAM_PEER_SUBJECT("upstream.subject_peer_certificate"),
    UPSTREAM_PEER_DNS("upstream.dns_san_peer_certificate"),
    UPSTREAM_PEER_DIGEST("upstream.sha256_peer_certificate_digest"),
    UPSTREAM_LOCAL_URI("upstream.uri_san_local_certificate"),
    UPSTREAM_PEER_URI("upstream.uri_san_peer_certificate"),
    UPSTREAM_FAILURE("upstream.transport_failure_reason"),
    UPSTREAM_ATTEMPTS("upstream.request_attempt_count"),
    CLUSTER_NAME("xds.cluster_name"),
    ROUTE_NAME("xds.route_name"),
    VIRTUAL_HOST_NAME("xds.virtual_host_name"),
    LISTENER_DIRECTION("xds.listener_direction"),
    FILTER_CHAIN_NAME("xds.filter_chain_name");

    private static final Map<String, Fact> BY_NAME = new HashMap<>();

    static {
        for (Fact fact : values()) {
            BY_NAME.put(fact.attribute, fact);
        }
    }

    private final String attribute;

    Fact(String attribute) {
        this.attribute = attribute;
    }

    static @Nullable Fact named(String attribute) {
        return BY_NAME.get(attribute);
    }

    /// Null where the request or connection has no such value.
    @Nullable
    Object of(StreamInfo info) {
        return switch (this) {
            case REQUEST_HOST -> info.request == null ? null : info.request.authority();
            case REQUEST_METHOD -> info.request == null ? null : info.request.method();
            case REQUEST_SCHEME -> info.request == null ? null : info.request.scheme();
            case REQUEST_PATH -> info.request == null ? null : info.request.path();
            case REQUEST_URL_PATH -> info.request == null ? null : urlPath(info.request.path());
            case REQUEST_QUERY -> info.request == null ? null : query(info.request.path());
            case REQUEST_PROTOCOL ->
                info.request == null ? null : info.request.version().text();
            case REQUEST_ID -> header(info, "x-request-id");
            case REQUEST_USER_AGENT -> header(info, "user-agent");
            case REQUEST_REFERER -> header(info, "referer");
            case REQUEST_TIME -> Instant.ofEpochMilli(info.startEpochMillis);
            case REQUEST_SIZE -> info.bytesReceived;
            case REQUEST_TOTAL_SIZE -> info.bytesReceived + MessageSizes.ofRequest(info.request);
            case REQUEST_DURATION -> info.endNanos == 0 ? null : Duration.ofNanos(info.endNanos - info.startNanos);
            case RESPONSE_CODE -> info.status == 0 ? null : Texts.number(info.status);
            case RESPONSE_CODE_DETAILS -> info.details;
            case RESPONSE_FLAGS -> flags(info);
            case RESPONSE_GRPC_STATUS -> grpcStatus(info);
            case RESPONSE_SIZE -> info.bytesSent;
            case RESPONSE_TOTAL_SIZE ->
                info.bytesSent
                        + MessageSizes.ofResponse(info.status, info.responseHeaders)
                        + MessageSizes.of(info.responseTrailers);
            case RESPONSE_BACKEND_LATENCY -> between(info.upstreamFirstByteSentNanos, info.upstreamEndNanos);
            case SOURCE_ADDRESS -> text(info.downstreamRemote);
            case SOURCE_PORT -> port(info.downstreamRemote);
            case DESTINATION_ADDRESS -> text(info.downstreamLocal);
            case DESTINATION_PORT -> port(info.downstreamLocal);
            case CONNECTION_ID -> info.connectionId == 0 ? null : info.connectionId;
            case CONNECTION_MTLS -> info.downstreamMutualTls;
            case CONNECTION_SERVER_NAME -> info.requestedServerName;
            case CONNECTION_TLS_VERSION -> version(info.downstreamTlsSession);
            case CONNECTION_PEER_SUBJECT -> subject(info.downstreamCertificate);
            case CONNECTION_LOCAL_SUBJECT -> subject(CertificateTexts.local(info.downstreamTlsSession));
            case CONNECTION_PEER_DNS -> dnsName(info.downstreamCertificate);
            case CONNECTION_LOCAL_DNS -> dnsName(CertificateTexts.local(info.downstreamTlsSession));
            case CONNECTION_PEER_DIGEST -> digest(info.downstreamCertificate);
            case CONNECTION_FAILURE -> info.downstreamTransportFailure;
            case CONNECTION_PEER_URI -> info.downstreamPeerUri;
            case CONNECTION_LOCAL_URI -> info.downstreamLocalUri;
            case CONNECTION_TERMINATION -> info.connectionTerminationDetails;
            case UPSTREAM_ADDRESS -> text(info.upstreamHost);
            case UPSTREAM_PORT -> port(info.upstreamHost);
            case UPSTREAM_LOCAL_ADDRESS -> text(info.upstreamLocal);
            case UPSTREAM_TLS_VERSION -> version(info.upstreamTlsSession);
            case UPSTREAM_PEER_SUBJECT -> subject(CertificateTexts.peer(info.upstreamTlsSession));
            case UPSTREAM_PEER_DNS -> dnsName(CertificateTexts.peer(info.upstreamTlsSession));
            case UPSTREAM_PEER_DIGEST -> digest(CertificateTexts.peer(info.upstreamTlsSession));
            case UPSTREAM_LOCAL_URI -> info.upstreamLocalUri;
            case UPSTREAM_PEER_URI -> info.upstreamPeerUri;
            case UPSTREAM_FAILURE -> info.upstreamTransportFailure;
            case UPSTREAM_ATTEMPTS -> Texts.number(info.attempts);
            case CLUSTER_NAME -> info.clusterName;
            case ROUTE_NAME -> info.routeName;
            case VIRTUAL_HOST_NAME ->
                info.route == null || info.route.virtualHost().isEmpty() ? null : info.route.virtualHost();
            case LISTENER_DIRECTION -> direction(info.direction);
            case FILTER_CHAIN_NAME -> info.filterChainName;
        };
    }

    /// Envoy's bits, so that `!= 0` means any and a number means the same to both proxies.
    private static Long flags(StreamInfo info) {
        long bits = 0;
        for (ResponseFlag flag : info.flags()) {
            bits |= flag.bit();
        }
        return bits < Integer.MAX_VALUE ? Texts.number((int) bits) : (Long) bits;
    }

    private static @Nullable Duration between(long startNanos, long endNanos) {
        return startNanos == 0 || endNanos == 0 ? null : Duration.ofNanos(endNanos - startNanos);
    }

    /// Numbers of `envoy.config.core.v3.TrafficDirection`.
    private static Long direction(String name) {
        return switch (name) {
            case "INBOUND" -> Texts.number(1);
            case "OUTBOUND" -> Texts.number(2);
            default -> Texts.number(0);
        };
    }

    private static @Nullable String version(@Nullable SSLSession session) {
        return session == null ? null : session.getProtocol();
    }

    private static @Nullable String subject(@Nullable X509Certificate certificate) {
        return certificate == null ? null : CertificateTexts.subject(certificate);
    }

    private static @Nullable String dnsName(@Nullable X509Certificate certificate) {
        List<String> names =
                certificate == null ? List.of() : CertificateTexts.names(certificate, CertificateTexts.DNS);
        return names.isEmpty() ? null : names.getFirst();
    }

    private static @Nullable String digest(@Nullable X509Certificate certificate) {
        return certificate == null ? null : CertificateTexts.fingerprint(certificate, "SHA-256");
    }

    private static String urlPath(String path) {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    private static String query(String path) {
        int query = path.indexOf('?');
        return query < 0 ? "" : path.substring(query + 1);
    }

    private static @Nullable String header(StreamInfo info, String name) {
        return info.request == null ? null : info.request.headers().get(name);
    }

    private static @Nullable Long grpcStatus(StreamInfo info) {
        int status = GrpcStatus.of(info);
        return status < 0 ? null : Texts.number(status);
    }

    private static @Nullable String text(@Nullable SocketAddress address) {
        return address == null ? null : Addresses.text(address);
    }

    private static @Nullable Long port(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? (Long) (long) inet.getPort() : null;
    }
}
