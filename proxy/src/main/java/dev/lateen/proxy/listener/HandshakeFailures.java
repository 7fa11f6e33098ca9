package dev.lateen.proxy.listener;

import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import dev.lateen.proxy.tls.PeerRefusal;

/// Counts why handshakes with clients failed, under Envoy's names.
///
/// Thread: any.
final class HandshakeFailures {
    private static final String NO_CERTIFICATE = "PEER_DID_NOT_RETURN_A_CERTIFICATE";

    private final Counter all;
    private final Counter chain;
    private final Counter name;
    private final Counter pin;
    private final Counter noCertificate;

    HandshakeFailures(Stats stats, String prefix) {
        this.all = stats.counter(prefix + "ssl.connection_error");
        this.chain = stats.counter(prefix + "ssl.fail_verify_error");
        this.name = stats.counter(prefix + "ssl.fail_verify_san");
        this.pin = stats.counter(prefix + "ssl.fail_verify_cert_hash");
        this.noCertificate = stats.counter(prefix + "ssl.fail_verify_no_cert");
    }

    void count(Throwable cause) {
        all.increment();
        PeerRefusal refusal = PeerRefusal.behind(cause);
        if (refusal != null) {
            switch (refusal.kind()) {
                case CHAIN -> chain.increment();
                case NAME -> name.increment();
                case PIN -> pin.increment();
            }
        } else if (String.valueOf(cause.getMessage()).contains(NO_CERTIFICATE)) {
            noCertificate.increment();
        }
    }

    /// A session was resumed whose certificate has ended.
    void countEnded() {
        all.increment();
        chain.increment();
    }
}
