/// The PROXY protocol: how a proxy tells the next one whose connection it relays. Entry: `ProxyHeader` writes,
/// `ProxyHeaderParser` reads.
@NullMarked
package dev.lateen.net.proxyprotocol;

import org.jspecify.annotations.NullMarked;
