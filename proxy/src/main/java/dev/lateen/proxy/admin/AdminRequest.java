package dev.lateen.proxy.admin;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One request to an admin endpoint. Bodies are not looked at.
///
/// @param accept the `accept` header; empty where there is none
record AdminRequest(String method, String path, Map<String, List<String>> query, String accept, boolean local) {
    static AdminRequest of(String method, String target, String accept, @Nullable SocketAddress peer) {
        QueryStringDecoder decoder = new QueryStringDecoder(target, true);
        boolean local = !(peer instanceof InetSocketAddress address)
                || address.getAddress().isLoopbackAddress();
        return new AdminRequest(method, decoder.path(), decoder.parameters(), accept, local);
    }

    Optional<String> parameter(String name) {
        List<String> values = query.get(name);
        return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }

    boolean has(String name) {
        return query.containsKey(name);
    }

    boolean wantsJson() {
        return parameter("format").filter("json"::equals).isPresent();
    }
}
