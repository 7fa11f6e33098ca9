package dev.lateen.local.agent;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server's address as `ProxyConfig` has it: `host:port`, `[IPv6]:port`.
record HostPort(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:\\[([^\\]]+)\\]|([^:]+)):([0-9]{1,5})");

    /// Empty where nothing is given, or something else.
    static Optional<HostPort> parse(String text) {
        Matcher parts = FORM.matcher(text);
        return parts.matches()
                ? Optional.of(new HostPort(
                        parts.group(1) == null ? parts.group(2) : parts.group(1), Integer.parseInt(parts.group(3))))
                : Optional.empty();
    }

    /// A socket address of Envoy's.
    String yaml() {
        return "{address: " + PodSettings.quoted(host) + ", port_value: " + port + "}";
    }
}
