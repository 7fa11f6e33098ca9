package dev.lateen.proxy.route;

/// Parts of an authority (`host:port`).
public final class Authority {
    private Authority() {}

    /// The place of the colon before the port, or -1 where there is no port.
    public static int portAt(String authority) {
        int colon = authority.lastIndexOf(':');
        if (colon < 0 || colon < authority.lastIndexOf(']')) {
            return -1;
        }
        if (authority.indexOf(':') != colon && authority.charAt(0) != '[') {
            return -1; // A bare IPv6 address.
        }
        for (int index = colon + 1; index < authority.length(); index++) {
            char c = authority.charAt(index);
            if (c < '0' || c > '9') {
                return -1;
            }
        }
        return colon;
    }

    public static String withoutPort(String authority) {
        int colon = portAt(authority);
        return colon < 0 ? authority : authority.substring(0, colon);
    }
}
