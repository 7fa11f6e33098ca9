/// Bytes and HTTP streams: sockets, HTTP/1, HTTP/2, pools, flow control; no mesh word in it.
@NullMarked
package dev.lateen.net;

import org.jspecify.annotations.NullMarked;
