package dev.lateen.proxy.route;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.stream.StreamInfo;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The value of a header that the configuration adds: text with command operators (`%REQ(x-id)%`), compiled once.
/// An operator without a value renders as nothing.
///
/// Source: Envoy's custom request/response headers. Thread: any (immutable).
public final class HeaderFormat {
    private final String literal;
    private final Part[] parts;

    private HeaderFormat(String literal, List<Part> parts) {
        this.literal = literal;
        this.parts = parts.toArray(Part[]::new);
    }

    /// One operator.
    private interface Part {
        @Nullable
        String render(StreamInfo info);
    }

    public static HeaderFormat parse(String text, Place at) {
        if (text.indexOf('%') < 0) {
            return new HeaderFormat(text, List.of());
        }
        List<Part> parts = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        int index = 0;
        while (index < text.length()) {
            char c = text.charAt(index);
            if (c != '%') {
                plain.append(c);
                index++;
                continue;
            }
            int end = text.indexOf('%', index + 1);
            at.require(end > 0, "'" + text + "' has a single % (expected: %OPERATOR%, or %% for a percent sign)");
            if (end == index + 1) {
                plain.append('%');
            } else {
                flush(plain, parts);
                parts.add(operator(text.substring(index + 1, end), at));
            }
            index = end + 1;
        }
        if (parts.isEmpty()) {
            return new HeaderFormat(plain.toString(), List.of());
        }
        flush(plain, parts);
        return new HeaderFormat("", parts);
    }

    private static void flush(StringBuilder plain, List<Part> parts) {
        if (!plain.isEmpty()) {
            String text = plain.toString();
            parts.add(_ -> text);
            plain.setLength(0);
        }
    }

    private static Part operator(String text, Place at) {
        int open = text.indexOf('(');
        String name = open < 0 ? text : text.substring(0, open);
        int close = text.lastIndexOf(')');
        at.require((open < 0) == (close < 0) && close >= open - 1, "'%" + text + "%' has unpaired parentheses");
        String argument = open < 0 ? "" : text.substring(open + 1, close);
        return switch (name) {
            case "REQ" -> request(argument);
            case "RESP" -> info -> field(info.responseHeaders, argument.toLowerCase(Locale.ROOT));
            case "ENVIRONMENT" -> environment(argument);
            default -> plainOperator(name, at);
        };
    }

    private static Part plainOperator(String name, Place at) {
        return switch (name) {
            case "PROTOCOL" ->
                info -> info.request == null ? null : info.request.version().text();
            case "DOWNSTREAM_REMOTE_ADDRESS" -> info -> address(info.downstreamRemote);
            case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" -> info -> ip(info.downstreamRemote);
            case "DOWNSTREAM_REMOTE_PORT" -> info -> port(info.downstreamRemote);
            case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS" -> info -> address(info.downstreamDirectRemote);
            case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT" -> info -> ip(info.downstreamDirectRemote);
            case "DOWNSTREAM_LOCAL_ADDRESS" -> info -> address(info.downstreamLocal);
            case "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT" -> info -> ip(info.downstreamLocal);
            case "DOWNSTREAM_LOCAL_PORT" -> info -> port(info.downstreamLocal);
            case "DOWNSTREAM_PEER_URI_SAN" -> info -> info.downstreamPeerUri;
            case "DOWNSTREAM_LOCAL_URI_SAN" -> info -> info.downstreamLocalUri;
            case "REQUESTED_SERVER_NAME" -> info -> info.requestedServerName;
            case "UPSTREAM_CLUSTER" -> info -> info.clusterName;
            case "UPSTREAM_HOST", "UPSTREAM_REMOTE_ADDRESS" -> info -> address(info.upstreamHost);
            case "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" -> info -> ip(info.upstreamHost);
            case "UPSTREAM_LOCAL_ADDRESS" -> info -> address(info.upstreamLocal);
            case "ROUTE_NAME" -> info -> info.routeName;
            case "RESPONSE_CODE" -> info -> Integer.toString(info.status);
            case "RESPONSE_CODE_DETAILS" -> info -> info.details;
            case "RESPONSE_FLAGS" -> StreamInfo::flagsText;
            default -> throw at.refuse("the operator %" + name + "% is not supported in headers by this proxy yet");
        };
    }

    private static Part environment(String argument) {
        int colon = argument.indexOf(':');
        String value = System.getenv(colon < 0 ? argument : argument.substring(0, colon));
        String fallback = colon < 0 ? "" : argument.substring(colon + 1);
        String text = value == null ? fallback : value;
        return _ -> text;
    }

    private static Part request(String argument) {
        int question = argument.indexOf('?');
        String first = (question < 0 ? argument : argument.substring(0, question)).toLowerCase(Locale.ROOT);
        String second = question < 0 ? "" : argument.substring(question + 1).toLowerCase(Locale.ROOT);
        return info -> {
            RequestHead head = info.request;
            if (head == null) {
                return null;
            }
            String value = HeaderMatcher.value(head, first);
            return value == null && !second.isEmpty() ? HeaderMatcher.value(head, second) : value;
        };
    }

    private static @Nullable String field(@Nullable Headers headers, String name) {
        return headers == null ? null : headers.get(name);
    }

    private static @Nullable String address(@Nullable SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            String host = inet.getAddress().getHostAddress();
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
        }
        return address == null ? null : address.toString();
    }

    private static @Nullable String ip(@Nullable SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return inet.getAddress().getHostAddress();
        }
        return address == null ? null : address.toString();
    }

    private static @Nullable String port(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet ? Integer.toString(inet.getPort()) : null;
    }

    public String render(StreamInfo info) {
        if (parts.length == 0) {
            return literal;
        }
        StringBuilder text = new StringBuilder();
        for (Part part : parts) {
            String value = part.render(info);
            if (value != null) {
                text.append(value);
            }
        }
        return text.toString();
    }
}
