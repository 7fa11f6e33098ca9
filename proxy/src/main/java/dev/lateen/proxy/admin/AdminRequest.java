package dev.lateen.proxy.admin;

import dev.lateen.net.http.OwnHost;
import dev.lateen.net.http.RequestHead;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One request to an admin endpoint. Bodies are not looked at.
///
/// @param path empty where the target cannot be read
/// @param accept the `accept` header; empty where there is none
/// @param scrapeTimeout how many seconds a scraper waits; empty where it does not say
/// @param from who may have sent it
record AdminRequest(
        String method, String path, Map<String, List<String>> query, String accept, String scrapeTimeout, Sender from) {
    /// @param local whether it came from this machine
    /// @param meant whether it names us as host, rather than a name of the web that leads here
    /// @param foreign whether a page of another origin had it sent
    /// @param proven whether it is the control plane, by its certificate
    record Sender(boolean local, boolean meant, boolean foreign, boolean proven) {}

    /// @param proven whether the connection's TLS has let nobody in but the control plane
    static AdminRequest of(RequestHead head, @Nullable SocketAddress peer, boolean proven) {
        String accept = head.headers().get("accept");
        String timeout = head.headers().get("x-prometheus-scrape-timeout-seconds");
        boolean local = !(peer instanceof InetSocketAddress address)
                || address.getAddress().isLoopbackAddress();
        Sender from = new Sender(
                local,
                OwnHost.ANY_LOCAL.isMeant(head.authority()),
                OwnHost.isForeign(head.headers().get("origin"), head.authority()),
                proven);
        String path = "";
        Map<String, List<String>> query = Map.of();
        try {
            QueryStringDecoder decoder = new QueryStringDecoder(head.path(), true);
            query = decoder.parameters();
            path = decoder.path();
        } catch (IllegalArgumentException _) {
            // No page has such a path.
        }
        return new AdminRequest(
                head.method(), path, query, accept == null ? "" : accept, timeout == null ? "" : timeout, from);
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
