/// Sockets: listening, connecting, and what the kernel knows of a redirected connection. Entry: `Listener`,
/// `Connector`.
@NullMarked
package dev.lateen.net.socket;

import org.jspecify.annotations.NullMarked;
