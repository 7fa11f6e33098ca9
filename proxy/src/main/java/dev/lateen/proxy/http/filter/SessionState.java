package dev.lateen.proxy.http.filter;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Where a client keeps the address of its session's host, in the form that Envoy gives it: a session that began
/// through one data plane goes on through the other.
///
/// Source: envoy.extensions.http.stateful_session. Limits: a client's value of more than 200 characters is none.
///
/// Thread: any (immutable).
public sealed interface SessionState {
    int LONGEST = 200;

    /// The host that the request asks for; null for none, and where what the client sent is no address.
    @Nullable
    InetSocketAddress host(RequestHead head, long epochMillis);

    /// Has the client name this host from now on.
    ///
    /// @param address as `Addresses.text` writes it
    void keep(Headers response, String address, long epochMillis);

    /// In a cookie.
    ///
    /// @param ttlSeconds 0: for the client's session
    /// @param path below which requests belong to it; empty for all
    record Cookie(String name, String path, long ttlSeconds) implements SessionState {
        private static final int ADDRESS = 1;
        private static final int EXPIRES = 2;

        @Override
        public @Nullable InetSocketAddress host(RequestHead head, long epochMillis) {
            byte[] value = covers(head.path()) ? decoded(Cookies.find(head.headers(), name)) : null;
            if (value == null) {
                return null;
            }
            String address = "";
            long expires = 0;
            try {
                CodedInputStream in = CodedInputStream.newInstance(value);
                for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                    switch (tag >>> 3) {
                        case ADDRESS -> address = in.readString();
                        case EXPIRES -> expires = in.readUInt64();
                        default -> in.skipField(tag);
                    }
                }
            } catch (IOException _) {
                // The form of old: the address alone.
                address = new String(value, StandardCharsets.ISO_8859_1);
                expires = 0;
            }
            boolean over = expires != 0 && expires < epochMillis / 1000;
            return over ? null : SessionState.parse(address);
        }

        private boolean covers(String target) {
            if (path.isEmpty() || path.equals("/")) {
                return true;
            }
            if (!target.startsWith(path)) {
                return false;
            }
            return target.length() == path.length()
                    || path.endsWith("/")
                    || "/?#".indexOf(target.charAt(path.length())) >= 0;
        }

        @Override
        public void keep(Headers response, String address, long epochMillis) {
            StringBuilder text = new StringBuilder(name)
                    .append("=\"")
                    .append(Base64.getEncoder().encodeToString(message(address, epochMillis)))
                    .append('"');
            if (ttlSeconds > 0) {
                text.append("; Max-Age=").append(ttlSeconds);
            }
            if (!path.isEmpty()) {
                text.append("; Path=").append(path);
            }
            response.add("set-cookie", text.append("; HttpOnly").toString());
        }

        private byte[] message(String address, long epochMillis) {
            long expires = ttlSeconds == 0 ? 0 : epochMillis / 1000 + ttlSeconds;
            int size = CodedOutputStream.computeStringSize(ADDRESS, address)
                    + (expires == 0 ? 0 : CodedOutputStream.computeUInt64Size(EXPIRES, expires));
            byte[] bytes = new byte[size];
            try {
                CodedOutputStream out = CodedOutputStream.newInstance(bytes);
                out.writeString(ADDRESS, address);
                if (expires != 0) {
                    out.writeUInt64(EXPIRES, expires);
                }
                out.flush();
            } catch (IOException e) {
                throw new IllegalStateException("its size was computed", e);
            }
            return bytes;
        }
    }

    /// In a header, which clients send as they got it.
    record Header(String name) implements SessionState {
        @Override
        public @Nullable InetSocketAddress host(RequestHead head, long epochMillis) {
            byte[] value = decoded(head.headers().get(name));
            return value == null ? null : parse(new String(value, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void keep(Headers response, String address, long epochMillis) {
            response.set(name, Base64.getEncoder().encodeToString(address.getBytes(StandardCharsets.ISO_8859_1)));
        }
    }

    private static byte @Nullable [] decoded(@Nullable String value) {
        if (value == null || value.isEmpty() || value.length() > LONGEST) {
            return null;
        }
        try {
            return Base64.getDecoder().decode(value);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /// Never asks a name server.
    private static @Nullable InetSocketAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0 || text.length() - colon > 6) {
            return null;
        }
        boolean bracketed = text.startsWith("[") && text.charAt(colon - 1) == ']';
        InetAddress ip = NetUtil.createInetAddressFromIpAddressString(
                bracketed ? text.substring(1, colon - 1) : text.substring(0, colon));
        int port = 0;
        for (int index = colon + 1; index < text.length(); index++) {
            char digit = text.charAt(index);
            if (digit < '0' || digit > '9') {
                return null;
            }
            port = 10 * port + digit - '0';
        }
        return ip == null || port == 0 || port > 65_535 ? null : new InetSocketAddress(ip, port);
    }
}
