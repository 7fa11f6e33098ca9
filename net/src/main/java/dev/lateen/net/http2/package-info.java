/// HTTP/2 (RFC 9113) on Netty's frame codec, with a stream table of our own: no child channels. Entry:
/// `Http2ServerConnection`, `Http2ClientConnection`.
@NullMarked
package dev.lateen.net.http2;

import org.jspecify.annotations.NullMarked;
