package dev.lateen.net.sniff;

import java.util.List;
import java.util.Optional;

/// What the first bytes of a connection are.
public sealed interface Sniffed {
    /// A TLS ClientHello.
    ///
    /// @param serverName the SNI name, lower case
    /// @param alpn the offered protocols in the client's order
    record Tls(Optional<String> serverName, List<String> alpn) implements Sniffed {
        public Tls {
            alpn = List.copyOf(alpn);
        }
    }

    /// Results that carry no more than themselves.
    enum Plain implements Sniffed {
        /// An HTTP/1 request line.
        HTTP_1,
        /// The preface of HTTP/2 with prior knowledge.
        HTTP_2,
        /// Bytes of another kind, or too few of them before the time was up or the peer had finished.
        UNKNOWN,
        /// Not decided yet.
        NEED_MORE
    }
}
