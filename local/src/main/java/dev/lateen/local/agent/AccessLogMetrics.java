package dev.lateen.local.agent;

import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.IstioMetrics;
import dev.lateen.proxy.telemetry.IstioMetrics.Reporter;
import dev.lateen.proxy.telemetry.Stats;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import java.util.Optional;

/// Counts access-log entries of upstream Envoy under the names and labels of Istio's standard metrics.
///
/// Limits: what upstream Envoy does not log stays `unknown`: the workload behind a client that is no proxy of ours, and
/// the server's certificate.
///
/// Thread: any.
final class AccessLogMetrics {
    private final IstioMetrics.Worker source;
    private final IstioMetrics.Worker destination;

    /// @param hostFallback whether requests without a known service count for their authority, as those of sidecars do
    AccessLogMetrics(Stats stats, PeerInfo local, boolean hostFallback) {
        this.source = new IstioMetrics(stats, Reporter.SOURCE, local, hostFallback).onOwnThread();
        this.destination = new IstioMetrics(stats, Reporter.DESTINATION, local, hostFallback).onOwnThread();
    }

    /// @return the facts that were counted; empty where the request goes on
    synchronized Optional<StreamInfo> count(HTTPAccessLogEntry entry, boolean inbound) {
        AccessLogCommon common = entry.getCommonProperties();
        if (isIntermediate(common)) {
            return Optional.empty();
        }
        StreamInfo info = AccessLogEntries.of(entry, inbound);
        (inbound ? destination : source).request(info, AccessLogEntries.service(common));
        return Optional.of(info);
    }

    /// An entry comes at the end of a connection.
    synchronized Optional<StreamInfo> count(TCPAccessLogEntry entry, boolean inbound) {
        AccessLogCommon common = entry.getCommonProperties();
        if (isIntermediate(common)) {
            return Optional.empty();
        }
        StreamInfo info = AccessLogEntries.of(entry, inbound);
        IstioMetrics.Worker worker = inbound ? destination : source;
        worker.tcpOpened(info, AccessLogEntries.service(common)).closed(info);
        return Optional.of(info);
    }

    /// Envoy may log a stream more than once: when it starts, from time to time, and at its end.
    private static boolean isIntermediate(AccessLogCommon common) {
        return switch (common.getAccessLogType()) {
            case TcpUpstreamConnected,
                    TcpPeriodic,
                    DownstreamTunnelSuccessfullyEstablished,
                    DownstreamStart,
                    DownstreamPeriodic,
                    UpstreamPoolReady,
                    UpstreamPeriodic,
                    UdpTunnelUpstreamConnected,
                    UdpPeriodic -> true;
            default -> false;
        };
    }
}
