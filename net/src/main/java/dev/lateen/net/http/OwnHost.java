package dev.lateen.net.http;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Tells requests that are meant for a server of operators from those that a page of the web has a browser send to it:
/// a
/// page's own name may lead to our address (DNS rebinding), but stays in `host`, and a page of another origin is
/// named in `origin`.
///
/// Nobody but the network's own operator can give out addresses, names without a dot, and names below `localhost`,
/// `local`, `internal`, `svc` and `test`.
///
/// Thread: any (immutable).
///
/// Source: RFC 9110 §7.2, RFC 6761, RFC 6762; Fetch, "Origin header".
///
/// @param names further ones that are ours, in lower case
public record OwnHost(Set<String> names) {
    /// Without names of its own.
    public static final OwnHost ANY_LOCAL = new OwnHost(Set.of());

    private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}$");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9a-f:.%]+]");
    private static final Pattern LOCAL = Pattern.compile("[a-z0-9_-]+|.*\\.(localhost|local|internal|svc|test)");
    private static final int MAX_LENGTH = 300;

    public OwnHost {
        names = Set.copyOf(names);
    }

    /// @param host the field of a request; a client without one is no browser
    public boolean isMeant(@Nullable String host) {
        if (host == null || host.isEmpty()) {
            return true;
        }
        if (host.length() > MAX_LENGTH) {
            return false;
        }
        String name = PORT.matcher(host.toLowerCase(Locale.ROOT)).replaceFirst("");
        return ADDRESS.matcher(name).matches() || LOCAL.matcher(name).matches() || names.contains(name);
    }

    /// Whether a page of another origin sent this: then it may change nothing.
    ///
    /// @param origin the field of the request
    public static boolean isForeign(@Nullable String origin, @Nullable String host) {
        return origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host);
    }
}
