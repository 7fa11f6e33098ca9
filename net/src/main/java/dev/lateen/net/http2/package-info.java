/// HTTP/2 (RFC 9113) and HPACK (RFC 7541). Entry: `Http2ServerConnection`, `Http2ClientConnection`. The way in:
/// `Http2Handler`, `FrameReader`, `IncomingFrames`, `HpackDecoder` and `HeadAssembler`, `Http2Exchange`; the way out:
/// `Http2Exchange`, `SendFlow`, `FrameWriter`, `HpackEncoder`.
@NullMarked
package dev.lateen.net.http2;

import org.jspecify.annotations.NullMarked;
