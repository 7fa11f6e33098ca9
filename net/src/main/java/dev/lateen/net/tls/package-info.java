/// TLS on BoringSSL (the JDK's own where the library is missing): contexts from immutable specifications, and a hook to
/// judge the peer's certificate. Entry: `TlsServerContext`, `TlsClientContext`.
@NullMarked
package dev.lateen.net.tls;

import org.jspecify.annotations.NullMarked;
