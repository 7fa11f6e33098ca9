/// TLS on both sides: contexts decoded from xDS, the secrets they refer to, verification of peers, and rotation without
/// dropping a connection (a new secret makes a new context; connections keep the one they began with).
/// Entry: `DownstreamTlsContext`, `UpstreamTlsContext`, `Secrets`.
@NullMarked
package dev.lateen.proxy.tls;

import org.jspecify.annotations.NullMarked;
