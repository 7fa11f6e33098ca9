package dev.lateen.model.mesh;

import java.util.Comparator;

/// Comparisons of host names that may start with a wildcard (`*`, `*.example.com`). Names compare without regard to
/// case.
public final class Hostname {
    /// The more specific name comes first: exact names before wildcards, longer ones before shorter.
    public static final Comparator<String> MOST_SPECIFIC_FIRST = (a, b) -> {
        boolean wildA = isWildcard(a);
        boolean wildB = isWildcard(b);
        if (wildA != wildB) {
            return wildA ? 1 : -1;
        }
        return a.length() != b.length() ? Integer.compare(b.length(), a.length()) : a.compareTo(b);
    };

    private Hostname() {}

    public static boolean isWildcard(String name) {
        return name.startsWith("*");
    }

    /// Whether some host fits both names.
    public static boolean matches(String a, String b) {
        boolean wildA = isWildcard(a);
        boolean wildB = isWildcard(b);
        if (wildA && wildB) {
            return a.length() < b.length() ? endsWith(b, a.substring(1)) : endsWith(a, b.substring(1));
        }
        if (wildA) {
            return endsWith(b, a.substring(1));
        }
        return wildB ? endsWith(a, b.substring(1)) : a.equals(b);
    }

    /// Whether every host that fits `name` fits `wider` too.
    public static boolean isSubsetOf(String name, String wider) {
        boolean wildName = isWildcard(name);
        if (!isWildcard(wider)) {
            return !wildName && name.equals(wider);
        }
        if (wildName && name.length() < wider.length()) {
            return false;
        }
        return endsWith(wildName ? name.substring(1) : name, wider.substring(1));
    }

    private static boolean endsWith(String text, String suffix) {
        return text.regionMatches(false, text.length() - suffix.length(), suffix, 0, suffix.length());
    }

    /// The full name of a host as a resource writes it: a name without a dot belongs to the resource's namespace.
    ///
    /// @param suffix follows the namespace, such as `.svc.cluster.local`
    public static String resolve(String host, String namespace, String suffix) {
        return host.isEmpty() || host.indexOf('.') >= 0 || isWildcard(host) || namespace.isEmpty()
                ? host
                : host + "." + namespace + suffix;
    }
}
