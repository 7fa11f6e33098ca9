package dev.lateen.kubernetes.inject;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The ids that OpenShift gives to a namespace. Applications run as the first of the range, so the proxy takes the
/// last: capture tells the two apart by their ids. Source: OpenShift, security context constraints.
///
/// @param size how many ids the range has
record NamespaceIds(long first, long size) {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,12})[/-](\\d{1,12}).*");

    static Optional<NamespaceIds> users(Map<String, String> annotations) {
        return read(annotations.getOrDefault("openshift.io/sa.scc.uid-range", ""));
    }

    static Optional<NamespaceIds> groups(Map<String, String> annotations) {
        return read(annotations.getOrDefault("openshift.io/sa.scc.supplemental-groups", ""));
    }

    private static Optional<NamespaceIds> read(String text) {
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            return Optional.empty();
        }
        long first = Long.parseLong(range.group(1));
        long second = Long.parseLong(range.group(2));
        return Optional.of(new NamespaceIds(first, text.indexOf('-') > 0 ? second - first + 1 : second));
    }

    long last() {
        return first + size - 1;
    }

    boolean contains(long id) {
        return id >= first && id <= last();
    }
}
