package dev.lateen.net.tls;

import java.util.List;

/// What is negotiated in a handshake, for either end.
///
/// @param min oldest version that is spoken
/// @param max newest version that is spoken
/// @param ciphers of TLS 1.2, in OpenSSL's or the RFCs' names; empty means the library's defaults
/// @param curves key-exchange groups in order of preference, such as `X25519`; empty means the library's defaults
/// @param alpn protocols in order of preference; empty means no ALPN
public record TlsParameters(
        TlsVersion min, TlsVersion max, List<String> ciphers, List<String> curves, List<String> alpn) {
    /// TLS 1.2 and 1.3 with the library's ciphers, no ALPN.
    public static final TlsParameters DEFAULT =
            new TlsParameters(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3, List.of(), List.of(), List.of());

    public TlsParameters {
        if (min.compareTo(max) > 0) {
            throw new IllegalArgumentException("minimum version " + min + " is above the maximum " + max);
        }
        ciphers = List.copyOf(ciphers);
        curves = List.copyOf(curves);
        alpn = List.copyOf(alpn);
    }

    public TlsParameters withAlpn(String... protocols) {
        return new TlsParameters(min, max, ciphers, curves, List.of(protocols));
    }
}
