package dev.lateen.proxy.admin;

import dev.lateen.proxy.accesslog.JsonText;
import dev.lateen.proxy.stream.Addresses;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;

/// Writes JSON member by member; `end()` closes what was opened last.
final class JsonOut {
    private final StringBuilder out = new StringBuilder();
    private final ArrayDeque<Character> open = new ArrayDeque<>();
    private boolean first = true;

    JsonOut object() {
        separate();
        return open('{', '}');
    }

    JsonOut object(String name) {
        name(name);
        return open('{', '}');
    }

    JsonOut array(String name) {
        name(name);
        return open('[', ']');
    }

    JsonOut end() {
        out.append(open.pop().charValue());
        first = false;
        if (open.isEmpty()) {
            out.append('\n');
        }
        return this;
    }

    JsonOut text(String name, String value) {
        name(name);
        quote(value);
        return this;
    }

    JsonOut number(String name, long value) {
        name(name);
        out.append(value);
        return this;
    }

    JsonOut bool(String name, boolean value) {
        name(name);
        out.append(value);
        return this;
    }

    /// @param json a value that is JSON already
    JsonOut raw(String name, String json) {
        name(name);
        out.append(json);
        return this;
    }

    /// As an `envoy.config.core.v3.Address`.
    JsonOut address(String name, SocketAddress address) {
        object(name);
        if (address instanceof InetSocketAddress inet) {
            object("socket_address")
                    .text("address", Addresses.host(inet))
                    .number("port_value", inet.getPort())
                    .end();
        } else {
            object("pipe").text("path", Addresses.text(address)).end();
        }
        return end();
    }

    private JsonOut open(char begin, char end) {
        out.append(begin);
        open.push(end);
        first = true;
        return this;
    }

    private void name(String name) {
        separate();
        quote(name);
        out.append(':');
    }

    private void separate() {
        if (!first) {
            out.append(',');
        }
        first = false;
    }

    private void quote(String text) {
        out.append('"');
        JsonText.escape(text, out);
        out.append('"');
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
