/// The kind of sockets that this machine offers: epoll on Linux, NIO elsewhere. Entry: `Transport`.
@NullMarked
package dev.lateen.proxy.transport;

import org.jspecify.annotations.NullMarked;
