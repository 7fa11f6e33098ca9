package dev.lateen.proxy.cluster;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a TCP connection needs of its upstream connection.
///
/// @param sni server name instead of the configured one, or null
/// @param alpn protocols instead of the configured ones; empty: the configured ones
/// @param prologue bytes to send before TLS (PROXY protocol), or null; ownership passes
public record TcpOptions(
        @Nullable String sni, List<String> alpn, @Nullable ByteBuf prologue) {
    public static final TcpOptions NONE = new TcpOptions(null, List.of(), null);
}
