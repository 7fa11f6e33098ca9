package dev.lateen.model.validate;

/// Rules for `exact`, `prefix`, `regex`. Thread: any.
final class StringMatches {
    private StringMatches() {}

    static void check(View match) {
        if (match.has("prefix") && !match.filled("prefix")) {
            match.error("prefix", "bad-format", "prefix is empty", "a prefix; to match everything leave the match out");
        }
        if (match.has("regex")) {
            if (match.filled("regex")) {
                Checks.regex(match.report(), match.spot("regex"));
            } else {
                match.error("regex", "bad-regex", "regular expression is empty", "RE2 syntax");
            }
        }
    }
}
