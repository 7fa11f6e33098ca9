package dev.lateen.proxy.accesslog;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.lateen.proxy.stream.Addresses;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.ResponseFlags;
import io.envoyproxy.envoy.data.accesslog.v3.TLSProperties;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What entries of requests and of connections have in common. Source: `AccessLogCommon`. Thread: event loop.
final class AlsCommonEncoder {
    private AlsCommonEncoder() {}

    static AccessLogCommon of(StreamInfo info) {
        AccessLogCommon.Builder common = AccessLogCommon.newBuilder()
                .setStartTime(timestamp(info.startEpochMillis))
                .setUpstreamRequestAttemptCount(info.attempts);
        address(info.downstreamRemote, common::setDownstreamRemoteAddress);
        address(info.downstreamLocal, common::setDownstreamLocalAddress);
        address(
                info.downstreamDirectRemote == null ? info.downstreamRemote : info.downstreamDirectRemote,
                common::setDownstreamDirectRemoteAddress);
        address(info.upstreamHost, common::setUpstreamRemoteAddress);
        address(info.upstreamLocal, common::setUpstreamLocalAddress);
        took(info, info.requestEndNanos, common::setTimeToLastRxByte);
        took(info, info.upstreamFirstByteSentNanos, common::setTimeToFirstUpstreamTxByte);
        took(info, info.upstreamLastByteSentNanos, common::setTimeToLastUpstreamTxByte);
        took(info, info.upstreamHeadNanos, common::setTimeToFirstUpstreamRxByte);
        took(info, info.upstreamEndNanos, common::setTimeToLastUpstreamRxByte);
        took(info, info.endNanos, common::setTimeToLastDownstreamTxByte);
        took(info, info.endNanos, common::setDuration);
        text(info.clusterName, common::setUpstreamCluster);
        text(info.routeName, common::setRouteName);
        text(info.upstreamTransportFailure, common::setUpstreamTransportFailureReason);
        text(info.downstreamTransportFailure, common::setDownstreamTransportFailureReason);
        text(info.connectionTerminationDetails, common::setConnectionTerminationDetails);
        if (info.downstreamTls || info.requestedServerName != null) {
            common.setTlsProperties(tls(info));
        }
        if (!info.flags().isEmpty()) {
            common.setResponseFlags(flags(info));
        }
        return common.build();
    }

    private static void text(@Nullable String value, Consumer<String> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    private static void took(StreamInfo info, long until, Consumer<Duration> setter) {
        if (until != 0 && info.startNanos != 0) {
            long nanos = until - info.startNanos;
            setter.accept(Duration.newBuilder()
                    .setSeconds(TimeUnit.NANOSECONDS.toSeconds(nanos))
                    .setNanos((int) (nanos % TimeUnit.SECONDS.toNanos(1)))
                    .build());
        }
    }

    private static Timestamp timestamp(long millis) {
        return Timestamp.newBuilder()
                .setSeconds(TimeUnit.MILLISECONDS.toSeconds(millis))
                .setNanos((int) TimeUnit.MILLISECONDS.toNanos(millis % 1_000))
                .build();
    }

    private static void address(java.net.@Nullable SocketAddress address, Consumer<Address> setter) {
        if (address instanceof InetSocketAddress inet) {
            setter.accept(Address.newBuilder()
                    .setSocketAddress(SocketAddress.newBuilder()
                            .setAddress(Addresses.host(inet))
                            .setPortValue(inet.getPort()))
                    .build());
        }
    }

    private static TLSProperties tls(StreamInfo info) {
        TLSProperties.Builder tls = TLSProperties.newBuilder();
        text(info.requestedServerName, tls::setTlsSniHostname);
        text(info.downstreamPeerUri, uri -> tls.setPeerCertificateProperties(certificate(uri)));
        text(info.downstreamLocalUri, uri -> tls.setLocalCertificateProperties(certificate(uri)));
        return tls.build();
    }

    private static TLSProperties.CertificateProperties certificate(String uri) {
        return TLSProperties.CertificateProperties.newBuilder()
                .addSubjectAltName(TLSProperties.CertificateProperties.SubjectAltName.newBuilder()
                        .setUri(uri))
                .build();
    }

    private static ResponseFlags flags(StreamInfo info) {
        ResponseFlags.Builder flags = ResponseFlags.newBuilder();
        for (ResponseFlag flag : info.flags()) {
            set(flag, flags);
        }
        return flags.build();
    }

    private static void set(ResponseFlag flag, ResponseFlags.Builder flags) {
        switch (flag) {
            case FAILED_LOCAL_HEALTH_CHECK -> flags.setFailedLocalHealthcheck(true);
            case NO_HEALTHY_UPSTREAM -> flags.setNoHealthyUpstream(true);
            case UPSTREAM_REQUEST_TIMEOUT -> flags.setUpstreamRequestTimeout(true);
            case LOCAL_RESET -> flags.setLocalReset(true);
            case UPSTREAM_REMOTE_RESET -> flags.setUpstreamRemoteReset(true);
            case UPSTREAM_CONNECTION_FAILURE -> flags.setUpstreamConnectionFailure(true);
            case UPSTREAM_CONNECTION_TERMINATION -> flags.setUpstreamConnectionTermination(true);
            case UPSTREAM_OVERFLOW -> flags.setUpstreamOverflow(true);
            case NO_ROUTE_FOUND -> flags.setNoRouteFound(true);
            case DELAY_INJECTED -> flags.setDelayInjected(true);
            case FAULT_INJECTED -> flags.setFaultInjected(true);
            case RATE_LIMITED -> flags.setRateLimited(true);
            case UNAUTHORIZED_EXTERNAL_SERVICE ->
                flags.setUnauthorizedDetails(ResponseFlags.Unauthorized.newBuilder()
                        .setReason(ResponseFlags.Unauthorized.Reason.EXTERNAL_SERVICE));
            case RATE_LIMIT_SERVICE_ERROR -> flags.setRateLimitServiceError(true);
            case DOWNSTREAM_CONNECTION_TERMINATION -> flags.setDownstreamConnectionTermination(true);
            case UPSTREAM_RETRY_LIMIT_EXCEEDED -> flags.setUpstreamRetryLimitExceeded(true);
            case STREAM_IDLE_TIMEOUT -> flags.setStreamIdleTimeout(true);
            case INVALID_ENVOY_REQUEST_HEADERS -> flags.setInvalidEnvoyRequestHeaders(true);
            case DOWNSTREAM_PROTOCOL_ERROR -> flags.setDownstreamProtocolError(true);
            case UPSTREAM_MAX_STREAM_DURATION_REACHED -> flags.setUpstreamMaxStreamDurationReached(true);
            case DURATION_TIMEOUT -> flags.setDurationTimeout(true);
            case UPSTREAM_PROTOCOL_ERROR -> flags.setUpstreamProtocolError(true);
            case NO_CLUSTER_FOUND -> flags.setNoClusterFound(true);
            case OVERLOAD_MANAGER -> flags.setOverloadManager(true);
            case DNS_RESOLUTION_FAILED -> flags.setDnsResolutionFailure(true);
            case DOWNSTREAM_REMOTE_RESET -> flags.setDownstreamRemoteReset(true);
        }
    }
}
