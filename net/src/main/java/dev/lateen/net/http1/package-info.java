/// HTTP/1.0 and HTTP/1.1, strictly by RFC 9112: what is ambiguous is refused, not guessed. Works on bytes, without
/// Netty's HTTP objects. Entry: `Http1ServerConnection`, `Http1ClientConnection`.
@NullMarked
package dev.lateen.net.http1;

import org.jspecify.annotations.NullMarked;
