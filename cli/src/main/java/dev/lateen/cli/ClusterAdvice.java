package dev.lateen.cli;

import dev.lateen.kubernetes.cluster.ClusterException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What to look at when an API server refuses or does not answer. Thread: any.
final class ClusterAdvice {
    /// How API servers name the right that is missing.
    private static final Pattern RIGHT = Pattern.compile(
            "cannot (\\S+) resource \"([^\"]+)\" in API group \"([^\"]*)\"" + "(?: in the namespace \"([^\"]+)\")?");

    private ClusterAdvice() {}

    /// @param place the kubeconfig and context
    static String of(ClusterException failure, String place) {
        if (failure.isUnanswered()) {
            return "\nIs this the cluster that you mean (" + place + ")? kubectl cluster-info says whether it answers.";
        }
        if (failure.isUnauthorized()) {
            return "\nIt does not take the credentials of " + place + ": they may have expired.";
        }
        if (failure.isForbidden()) {
            return "\nThe user of " + place + " lacks a right" + right(String.valueOf(failure.getMessage()))
                    + ". What was done so far stays; with the right the same command goes on from there.";
        }
        return "";
    }

    static String right(String message) {
        Matcher named = RIGHT.matcher(message);
        if (!named.find()) {
            return "; an installation takes those of cluster-admin";
        }
        String group = named.group(3).isEmpty() ? "" : "." + named.group(3);
        String resource = named.group(2);
        int slash = resource.indexOf('/');
        String shown = slash < 0
                ? resource + group
                : resource.substring(0, slash) + group + " --subresource=" + resource.substring(slash + 1);
        return ": kubectl auth can-i " + named.group(1) + " " + shown
                + (named.group(4) == null ? " --all-namespaces" : " -n " + named.group(4));
    }
}
