package dev.lateen.model.istio;

/// How a text is compared. Source: Istio `StringMatch`.
public sealed interface StringMatch {
    record Exact(String text) implements StringMatch {}

    record Prefix(String text) implements StringMatch {}

    /// @param pattern in RE2 syntax; the whole text must match
    record Regex(String pattern) implements StringMatch {}

    /// Set but empty: the thing compared must be there.
    enum Present implements StringMatch {
        INSTANCE
    }

    public static StringMatch of(Reader in) {
        var exact = in.text("exact");
        var prefix = in.text("prefix");
        var regex = in.text("regex");
        if (exact.isPresent()) {
            return new Exact(exact.get());
        }
        if (prefix.isPresent()) {
            return new Prefix(prefix.get());
        }
        return regex.<StringMatch>map(Regex::new).orElse(Present.INSTANCE);
    }
}
