package dev.lateen.model.validate;

/// The grammar of Kubernetes' label names and values. Thread: any.
/// Source: Kubernetes, "Labels and Selectors", syntax and character set.
final class LabelSyntax {
    private static final int LONGEST_NAME = 63;
    private static final int LONGEST_PREFIX = 253;

    private LabelSyntax() {}

    static boolean isKey(String key) {
        int slash = key.indexOf('/');
        String name = key.substring(slash + 1);
        boolean prefixFits = slash < 0
                || (slash <= LONGEST_PREFIX
                        && HostNames.faultOfFqdn(key.substring(0, slash)).isEmpty());
        return prefixFits && !name.isEmpty() && isValue(name);
    }

    static boolean isValue(String value) {
        if (value.length() > LONGEST_NAME) {
            return false;
        }
        for (int index = 0; index < value.length(); index++) {
            char next = value.charAt(index);
            boolean edge = index == 0 || index == value.length() - 1;
            boolean letterOrDigit = next < 128 && Character.isLetterOrDigit(next);
            if (!letterOrDigit && (edge || (next != '-' && next != '_' && next != '.'))) {
                return false;
            }
        }
        return true;
    }
}
