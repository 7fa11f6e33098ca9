package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.stream.Addresses;
import dev.lateen.proxy.stream.StreamInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Operators that show addresses: `%X_ADDRESS%`, `%X_ADDRESS_WITHOUT_PORT%` and `%X_PORT%` of each end, and the
/// upstream host by address and by name.
///
/// Source: Envoy documentation, "Command operators". Thread: event loop.
final class AddressOperators {
    private AddressOperators() {}

    /// Null where the name is unknown.
    static @Nullable LogOperator of(String name) {
        switch (name) {
            case "UPSTREAM_HOST" -> {
                return whole(info -> info.upstreamHost);
            }
            case "UPSTREAM_HOST_NAME" -> {
                return (info, out) -> appendName(info, out, true);
            }
            case "UPSTREAM_HOST_NAME_WITHOUT_PORT" -> {
                return (info, out) -> appendName(info, out, false);
            }
            default -> {}
        }
        for (End end : End.values()) {
            if (name.startsWith(end.name())) {
                switch (name.substring(end.name().length())) {
                    case "_ADDRESS" -> {
                        return whole(end.of);
                    }
                    case "_ADDRESS_WITHOUT_PORT" -> {
                        return host(end.of);
                    }
                    case "_PORT" -> {
                        return port(end.of);
                    }
                    default -> {}
                }
            }
        }
        return null;
    }

    /// The ends of both connections.
    private enum End {
        UPSTREAM_REMOTE(info -> info.upstreamHost),
        UPSTREAM_LOCAL(info -> info.upstreamLocal),
        DOWNSTREAM_LOCAL(info -> info.downstreamLocal),
        DOWNSTREAM_REMOTE(info -> info.downstreamRemote),
        DOWNSTREAM_DIRECT_REMOTE(
                info -> info.downstreamDirectRemote == null ? info.downstreamRemote : info.downstreamDirectRemote);

        @SuppressWarnings("ImmutableEnumChecker") // method references without state
        private final Function<StreamInfo, @Nullable SocketAddress> of;

        End(Function<StreamInfo, @Nullable SocketAddress> of) {
            this.of = of;
        }
    }

    private static LogOperator.Plain whole(Function<StreamInfo, @Nullable SocketAddress> of) {
        return (info, out) -> append(of.apply(info), out);
    }

    private static LogOperator.Plain host(Function<StreamInfo, @Nullable SocketAddress> of) {
        return (info, out) -> appendHost(of.apply(info), out);
    }

    private static LogOperator.Numeric port(Function<StreamInfo, @Nullable SocketAddress> of) {
        return (info, out) -> {
            if (of.apply(info) instanceof InetSocketAddress inet) {
                out.append(inet.getPort());
                return true;
            }
            return false;
        };
    }

    private static boolean append(@Nullable SocketAddress address, LineBuffer out) {
        if (address == null) {
            return false;
        }
        out.append(address);
        return true;
    }

    private static boolean appendHost(@Nullable SocketAddress address, LineBuffer out) {
        if (address == null) {
            return false;
        }
        out.appendHost(address);
        return true;
    }

    /// The host's name of its own, or the name that its address was looked up by, or its address.
    private static boolean appendName(StreamInfo info, LineBuffer out, boolean withPort) {
        String name = info.upstreamHostName;
        if (!name.isEmpty()) {
            int port = withPort || name.indexOf(']') >= 0 ? -1 : name.indexOf(':');
            out.append(port < 0 || name.indexOf(':', port + 1) >= 0 ? name : name.substring(0, port));
            return true;
        }
        if (info.upstreamHost instanceof InetSocketAddress inet
                && !inet.getHostString().equals(Addresses.host(inet))) {
            out.append(inet.getHostString());
            return true;
        }
        return withPort ? append(info.upstreamHost, out) : appendHost(info.upstreamHost, out);
    }
}
