package dev.lateen.model.validate;

/// Paths of policies, of which `{*}` stands for one segment and `{**}` for any number. Thread: any.
/// Source: Istio's reference of AuthorizationPolicy, `Operation.paths`.
final class PathTemplates {
    private static final String ONE = "{*}";
    private static final String ANY = "{**}";

    private PathTemplates() {}

    static void check(Report report, Spot path) {
        String text = path.value();
        if (!text.contains(ONE) && !text.contains(ANY)) {
            return;
        }
        boolean rest = false;
        for (String segment : text.split("/", -1)) {
            boolean template = segment.equals(ONE) || segment.equals(ANY);
            boolean plain = !segment.contains("{") && !segment.contains("}") && !segment.contains("*");
            if (!template && !plain) {
                report.error(
                        path,
                        "bad-format",
                        "'" + segment + "' is no segment of a path template",
                        "{*}, {**}, or text without * and braces");
                return;
            }
            if (rest && template) {
                report.error(path, "bad-format", "no template can follow {**}", "{**} as the last template");
                return;
            }
            rest |= segment.equals(ANY);
        }
    }
}
