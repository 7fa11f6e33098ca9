/// Bytes from one connection to another. Entry: `TcpRelay`.
@NullMarked
package dev.lateen.net.tcp;

import org.jspecify.annotations.NullMarked;
