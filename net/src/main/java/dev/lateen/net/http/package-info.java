/// HTTP messages and streams, the same for HTTP/1 and HTTP/2. Entry: `ServerStream`, `ClientStream`. Everything
/// here runs on the event loop of its channel; nothing here knows what a mesh is.
@NullMarked
package dev.lateen.net.http;

import org.jspecify.annotations.NullMarked;
