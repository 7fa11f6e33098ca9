package dev.lateen.proxy.listener;

import dev.lateen.proxy.overload.Admission;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// The numbers of one listener, under Envoy's names.
///
/// Thread: any.
final class ListenerStats {
    private final String prefix;
    final Counter connectionsTotal;
    final Counter connectionsActive;
    final Counter noFilterChainMatch;
    private final Counter globalOverflow;
    private final Counter overflow;
    private final Counter clientOverflow;
    private final Counter overloadReject;
    final Counter secretsMissing;
    final Counter tlsHandshakes;
    final HandshakeFailures tlsFailures;

    ListenerStats(Stats stats, ListenerConfig config) {
        this.prefix = "listener." + statName(config.socket().addresses().getFirst()) + ".";
        this.connectionsTotal = stats.counter(prefix + "downstream_cx_total");
        this.connectionsActive = stats.gauge(prefix + "downstream_cx_active");
        this.noFilterChainMatch = stats.counter(prefix + "no_filter_chain_match");
        this.globalOverflow = stats.counter(prefix + "downstream_global_cx_overflow");
        this.overflow = stats.counter(prefix + "downstream_cx_overflow");
        this.clientOverflow = stats.counter(prefix + "downstream_client_cx_overflow");
        this.overloadReject = stats.counter(prefix + "downstream_cx_overload_reject");
        this.secretsMissing = stats.counter(prefix + "server_ssl_socket_factory.downstream_context_secrets_not_ready");
        this.tlsHandshakes = stats.counter(prefix + "ssl.handshake");
        this.tlsFailures = new HandshakeFailures(stats, prefix);
    }

    void refused(Admission.Verdict why) {
        switch (why) {
            case TOO_MANY -> globalOverflow.increment();
            case TOO_MANY_OF_LISTENER -> overflow.increment();
            case TOO_MANY_OF_CLIENT -> clientOverflow.increment();
            case OVERLOADED -> overloadReject.increment();
            case ADMITTED -> {}
        }
    }

    String prefix() {
        return prefix;
    }

    private static String statName(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            return inet.getAddress().getHostAddress().replace(':', '_') + "_" + inet.getPort();
        }
        return address.toString().replace(':', '_').replace('/', '_');
    }
}
