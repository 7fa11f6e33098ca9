package dev.lateen.local.agent;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.cluster.EndpointDecoder;
import dev.lateen.proxy.http.filter.PeerMetadata;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.RouteFacts;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.DestinationService;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPRequestProperties;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPResponseProperties;
import io.envoyproxy.envoy.data.accesslog.v3.ResponseFlags;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.TLSProperties;
import io.envoyproxy.envoy.data.accesslog.v3.TLSProperties.CertificateProperties;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads Envoy's access-log entries as the facts that metrics and explanations are made of.
///
/// The control plane has Envoy add tags: `peer`, the workload behind the chosen endpoint, and `services`, the services
/// that the cluster stands for, from the metadata of each; `client`, what a client's proxy told in a header; `rule` and
/// `field`, what the route was made from.
///
/// Thread: any.
final class AccessLogEntries {

    private AccessLogEntries() {}

    static StreamInfo of(HTTPAccessLogEntry entry, boolean inbound) {
        StreamInfo info = common(entry.getCommonProperties(), inbound);
        HTTPRequestProperties request = entry.getRequest();
        Headers headers = headers(request.getRequestHeadersMap());
        if (!request.getRequestId().isEmpty()) {
            headers.add("x-request-id", request.getRequestId());
        }
        info.request = new RequestHead(
                HttpVersion.HTTP_1_1,
                request.getRequestMethod().name(),
                request.getScheme(),
                request.getAuthority(),
                request.getPath(),
                headers);
        info.originalPath = request.getOriginalPath().isEmpty() ? null : request.getOriginalPath();
        HTTPResponseProperties response = entry.getResponse();
        info.status = response.getResponseCode().getValue();
        info.details = response.getResponseCodeDetails();
        info.responseHeaders = headers(response.getResponseHeadersMap());
        info.responseTrailers = headers(response.getResponseTrailersMap());
        info.bytesReceived = request.getRequestBodyBytes();
        info.bytesSent = response.getResponseBodyBytes();
        if (inbound) {
            String sent = entry.getCommonProperties().getCustomTagsOrDefault("client", "");
            PeerInfo peer = sent.isEmpty() ? null : PeerMetadata.decode(sent);
            info.downstreamPeer = peer == null ? info.downstreamPeer : peer;
        }
        return info;
    }

    static StreamInfo of(TCPAccessLogEntry entry, boolean inbound) {
        StreamInfo info = common(entry.getCommonProperties(), inbound);
        info.bytesReceived = entry.getConnectionProperties().getReceivedBytes();
        info.bytesSent = entry.getConnectionProperties().getSentBytes();
        return info;
    }

    private static StreamInfo common(AccessLogCommon common, boolean inbound) {
        StreamInfo info = new StreamInfo();
        info.direction = inbound ? "INBOUND" : "OUTBOUND";
        info.clusterName = common.getUpstreamCluster();
        info.routeName = common.getRouteName();
        info.route = route(common);
        info.downstreamRemote = address(common.getDownstreamRemoteAddress());
        info.downstreamLocal = address(common.getDownstreamLocalAddress());
        info.upstreamHost = address(common.getUpstreamRemoteAddress());
        info.attempts = common.getUpstreamRequestAttemptCount();
        info.startEpochMillis = Timestamps.toMillis(common.getStartTime());
        info.upstreamHeadNanos = Durations.toNanos(common.getTimeToFirstUpstreamRxByte());
        info.upstreamTransportFailure = some(common.getUpstreamTransportFailureReason());
        info.downstreamTransportFailure = some(common.getDownstreamTransportFailureReason());
        info.connectionTerminationDetails = some(common.getConnectionTerminationDetails());
        info.requestedServerName = some(common.getTlsProperties().getTlsSniHostname());
        Duration took = common.hasDuration() ? common.getDuration() : common.getTimeToLastDownstreamTxByte();
        info.endNanos = Durations.toNanos(took);
        flags(common.getResponseFlags(), info);
        if (inbound) {
            TLSProperties tls = common.getTlsProperties();
            String peer = uri(tls.getPeerCertificateProperties());
            info.downstreamPeerUri = peer;
            info.downstreamLocalUri = uri(tls.getLocalCertificateProperties());
            info.downstreamMutualTls = !peer.isEmpty();
            info.downstreamPeer = PeerInfo.ofIdentity(peer);
        } else {
            String peer = common.getCustomTagsOrDefault("peer", "");
            info.upstreamPeer = peer.isEmpty() ? PeerInfo.UNKNOWN : EndpointDecoder.peer(peer);
        }
        return info;
    }

    /// What Envoy tells of it: neither the table nor the virtual host.
    private static @Nullable RouteFacts route(AccessLogCommon common) {
        String rule = common.getCustomTagsOrDefault("rule", "");
        String field = common.getCustomTagsOrDefault("field", "");
        if (rule.isEmpty() && field.isEmpty() && common.getRouteName().isEmpty()) {
            return null;
        }
        return new RouteFacts(
                "",
                "",
                common.getRouteName(),
                Map.of("istio", Map.of("config", rule), "lateen", Map.of("field", field)));
    }

    private static @Nullable SocketAddress address(Address address) {
        if (!address.hasSocketAddress()) {
            return address.hasPipe() && !address.getPipe().getPath().isEmpty()
                    ? UnixDomainSocketAddress.of(address.getPipe().getPath())
                    : null;
        }
        String host = address.getSocketAddress().getAddress();
        int port = address.getSocketAddress().getPortValue();
        try {
            return new InetSocketAddress(InetAddress.ofLiteral(host), port);
        } catch (IllegalArgumentException _) {
            return InetSocketAddress.createUnresolved(host, port);
        }
    }

    private static @Nullable String some(String text) {
        return text.isEmpty() ? null : text;
    }

    private static String uri(CertificateProperties certificate) {
        for (CertificateProperties.SubjectAltName name : certificate.getSubjectAltNameList()) {
            if (!name.getUri().isEmpty()) {
                return name.getUri();
            }
        }
        return "";
    }

    /// The first service of the cluster; what names no service counts under the cluster's own name or is unknown.
    static DestinationService service(AccessLogCommon common) {
        DestinationService byRoute = DestinationService.ofRoute(common.getRouteName());
        if (byRoute != null) {
            return byRoute;
        }
        String services = common.getCustomTagsOrDefault("services", "");
        if (!services.isEmpty()) {
            try {
                ListValue.Builder list = ListValue.newBuilder();
                JsonFormat.parser().merge(services, list);
                if (list.getValuesCount() > 0) {
                    Struct service = list.getValues(0).getStructValue();
                    return new DestinationService(
                            text(service, "host"), text(service, "name"), text(service, "namespace"));
                }
            } catch (InvalidProtocolBufferException _) {
                // Not written by our control plane: nothing is known then.
            }
        }
        return ofClusterName(common.getUpstreamCluster());
    }

    /// Where no endpoint was chosen, Envoy knows no metadata; Istio's names of clusters still name the host.
    private static DestinationService ofClusterName(String cluster) {
        String[] parts = cluster.split("\\|", -1);
        if (parts.length != 4 || !parts[0].equals("outbound") || parts[3].isEmpty()) {
            return DestinationService.ofCluster(cluster);
        }
        String[] labels = parts[3].split("\\.", 4);
        boolean kubernetes = labels.length > 2 && labels[2].equals("svc");
        return new DestinationService(parts[3], kubernetes ? labels[0] : parts[3], kubernetes ? labels[1] : "");
    }

    private static String text(Struct struct, String field) {
        return struct.getFieldsOrDefault(field, com.google.protobuf.Value.getDefaultInstance())
                .getStringValue();
    }

    private static Headers headers(Map<String, String> map) {
        Headers headers = new Headers();
        map.forEach(headers::add);
        return headers;
    }

    private static void flags(ResponseFlags flags, StreamInfo info) {
        flag(flags.getFailedLocalHealthcheck(), ResponseFlag.FAILED_LOCAL_HEALTH_CHECK, info);
        flag(flags.getNoHealthyUpstream(), ResponseFlag.NO_HEALTHY_UPSTREAM, info);
        flag(flags.getUpstreamRequestTimeout(), ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, info);
        flag(flags.getLocalReset(), ResponseFlag.LOCAL_RESET, info);
        flag(flags.getUpstreamRemoteReset(), ResponseFlag.UPSTREAM_REMOTE_RESET, info);
        flag(flags.getUpstreamConnectionFailure(), ResponseFlag.UPSTREAM_CONNECTION_FAILURE, info);
        flag(flags.getUpstreamConnectionTermination(), ResponseFlag.UPSTREAM_CONNECTION_TERMINATION, info);
        flag(flags.getUpstreamOverflow(), ResponseFlag.UPSTREAM_OVERFLOW, info);
        flag(flags.getNoRouteFound(), ResponseFlag.NO_ROUTE_FOUND, info);
        flag(flags.getDelayInjected(), ResponseFlag.DELAY_INJECTED, info);
        flag(flags.getFaultInjected(), ResponseFlag.FAULT_INJECTED, info);
        flag(flags.getRateLimited(), ResponseFlag.RATE_LIMITED, info);
        flag(flags.hasUnauthorizedDetails(), ResponseFlag.UNAUTHORIZED_EXTERNAL_SERVICE, info);
        flag(flags.getRateLimitServiceError(), ResponseFlag.RATE_LIMIT_SERVICE_ERROR, info);
        flag(flags.getDownstreamConnectionTermination(), ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION, info);
        flag(flags.getUpstreamRetryLimitExceeded(), ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED, info);
        flag(flags.getStreamIdleTimeout(), ResponseFlag.STREAM_IDLE_TIMEOUT, info);
        flag(flags.getInvalidEnvoyRequestHeaders(), ResponseFlag.INVALID_ENVOY_REQUEST_HEADERS, info);
        flag(flags.getDownstreamProtocolError(), ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR, info);
        flag(flags.getUpstreamMaxStreamDurationReached(), ResponseFlag.UPSTREAM_MAX_STREAM_DURATION_REACHED, info);
        flag(flags.getDurationTimeout(), ResponseFlag.DURATION_TIMEOUT, info);
        flag(flags.getUpstreamProtocolError(), ResponseFlag.UPSTREAM_PROTOCOL_ERROR, info);
        flag(flags.getNoClusterFound(), ResponseFlag.NO_CLUSTER_FOUND, info);
        flag(flags.getOverloadManager(), ResponseFlag.OVERLOAD_MANAGER, info);
        flag(flags.getDnsResolutionFailure(), ResponseFlag.DNS_RESOLUTION_FAILED, info);
        flag(flags.getDownstreamRemoteReset(), ResponseFlag.DOWNSTREAM_REMOTE_RESET, info);
    }

    private static void flag(boolean set, ResponseFlag flag, StreamInfo info) {
        if (set) {
            info.flag(flag);
        }
    }
}
