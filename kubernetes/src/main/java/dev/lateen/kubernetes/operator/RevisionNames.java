package dev.lateen.kubernetes.operator;

import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which names control planes and tags may have: they become part of the names of objects and the value of a label.
/// Thread: any.
public final class RevisionNames {
    /// What stands before them in the longest of these names leaves as much.
    private static final int LONGEST = 40;

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");

    private RevisionNames() {}

    /// What is wrong with a name, in a clause; empty for nothing.
    public static Optional<String> problem(String name) {
        if (name.length() > LONGEST) {
            return Optional.of("is longer than " + LONGEST + " characters");
        }
        return NAME.matcher(name).matches()
                ? Optional.empty()
                : Optional.of("is no name (expected: small letters, digits and '-' between them, such as 1-2-0)");
    }

    static List<Diagnostic> problems(OperatorSpec spec) {
        List<Diagnostic> found = new ArrayList<>();
        check("spec.revision", spec.revision(), found);
        for (String tag : Trees.texts(spec.tree(), "values", "revisionTags")) {
            check("spec.values.revisionTags", tag, found);
            if (tag.equals(spec.revision())) {
                found.add(OperatorSpec.refused("spec.values.revisionTags", "the revision itself has this name")
                        .withValue(tag)
                        .withAdvice("a tag is another name of it: leave it out"));
            }
        }
        return found;
    }

    private static void check(String path, String name, List<Diagnostic> found) {
        problem(name)
                .ifPresent(problem -> found.add(
                        OperatorSpec.refused(path, "'" + name + "' " + problem).withValue(name)));
    }
}
