package dev.lateen.proxy.tls;

import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/// Why a peer's certificate is refused, in the words of Envoy's logs, which operators search for.
///
/// Thread: any.
public final class PeerRefusal extends CertificateException {
    private static final long serialVersionUID = 1;

    /// What the refusal is counted as.
    public enum Kind {
        /// The chain: its authority, dates, purpose, revocation.
        CHAIN,
        /// None of its names is expected.
        NAME,
        /// Neither the certificate nor its key is a pinned one.
        PIN
    }

    private final Kind kind;

    PeerRefusal(Kind kind, String reason) {
        super("CERTIFICATE_VERIFY_FAILED:verify cert failed: " + reason);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /// The refusal behind a failed handshake, or null where it failed otherwise.
    public static @Nullable PeerRefusal behind(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof PeerRefusal)) {
            cause = cause.getCause();
        }
        return (PeerRefusal) cause;
    }

    /// Expected outcomes carry no stack trace.
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
