package dev.lateen.model.validate;

/// The grammar of host names in Istio's API. Each method returns what is wrong, or an empty string. Thread: any.
/// Source: RFC 1123 section 2.1; Istio's reference for `VirtualService.hosts`.
final class HostNames {
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_LABEL = 63;

    private HostNames() {}

    static String faultOfFqdn(String name) {
        String fault = faultOfLength(name);
        return fault.isEmpty() ? faultOfLabels(name) : fault;
    }

    /// A host name whose first label may be `*` or start with `*`.
    static String faultOfWildcard(String name) {
        String fault = faultOfLength(name);
        if (!fault.isEmpty()) {
            return fault;
        }
        int dot = name.indexOf('.');
        String first = dot < 0 ? name : name.substring(0, dot);
        if (!isWildcardLabel(first)) {
            return "'" + first + "' is not a valid label of a host name";
        }
        return dot < 0 ? "" : faultOfLabels(name.substring(dot + 1));
    }

    /// `*bar.com`: Envoy can match it, a DNS name cannot be made of it.
    static boolean isPartialWildcard(String name) {
        return name.contains("*") && name.length() > 1 && !name.startsWith("*.");
    }

    static boolean isLabel(String label) {
        if (label.isEmpty() || label.length() > LONGEST_LABEL) {
            return false;
        }
        for (int index = 0; index < label.length(); index++) {
            char next = label.charAt(index);
            boolean inner = index > 0 && index < label.length() - 1;
            if (!isLetterOrDigit(next) && !(inner && next == '-')) {
                return false;
            }
        }
        return true;
    }

    /// Whether each host that `other` stands for is one that `name` stands for, or the other way round.
    static boolean overlap(String name, String other) {
        boolean wild = name.startsWith("*");
        boolean otherWild = other.startsWith("*");
        if (wild && otherWild) {
            String suffix = name.substring(1);
            String otherSuffix = other.substring(1);
            return suffix.length() < otherSuffix.length() ? otherSuffix.endsWith(suffix) : suffix.endsWith(otherSuffix);
        }
        if (wild) {
            return other.endsWith(name.substring(1));
        }
        return otherWild ? name.endsWith(other.substring(1)) : name.equals(other);
    }

    /// Whether each host that `inner` stands for is one that `outer` stands for.
    static boolean covers(String outer, String inner) {
        if (!outer.startsWith("*")) {
            return outer.equals(inner);
        }
        String plain = inner.startsWith("*") ? inner.substring(1) : inner;
        return plain.endsWith(outer.substring(1));
    }

    private static String faultOfLength(String name) {
        if (name.isEmpty()) {
            return "host name is empty";
        }
        return name.length() > LONGEST_NAME ? "host name is longer than " + LONGEST_NAME + " characters" : "";
    }

    private static String faultOfLabels(String name) {
        String[] labels = name.split("\\.", -1);
        String last = labels[labels.length - 1];
        if (!last.isEmpty() && last.chars().allMatch(next -> next >= '0' && next <= '9')) {
            return "the last label of a host name cannot be a number";
        }
        for (int index = 0; index < labels.length; index++) {
            boolean trailingDot = index == labels.length - 1 && labels[index].isEmpty() && index > 0;
            if (!trailingDot && !isLabel(labels[index])) {
                return "'" + labels[index] + "' is not a valid label of a host name";
            }
        }
        return "";
    }

    private static boolean isWildcardLabel(String label) {
        if (label.equals("*")) {
            return true;
        }
        String plain = label.startsWith("*-") ? label.substring(2) : label.startsWith("*") ? label.substring(1) : label;
        return isLabel(plain);
    }

    private static boolean isLetterOrDigit(char next) {
        return (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || (next >= '0' && next <= '9');
    }
}
