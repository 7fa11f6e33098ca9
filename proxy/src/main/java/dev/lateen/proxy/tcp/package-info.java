/// Connections that are relayed as bytes. Entry: `TcpPath`, the life of one connection.
@NullMarked
package dev.lateen.proxy.tcp;

import org.jspecify.annotations.NullMarked;
