package dev.lateen.proxy.config;

import com.google.re2j.Pattern;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A test of one text.
///
/// Source: envoy.type.matcher.v3.StringMatcher. Thread: any (immutable).
public sealed interface StringMatcher {
    boolean matches(String value);

    /// @param value lower case where `ignoreCase`
    record Exact(String value, boolean ignoreCase) implements StringMatcher {
        @Override
        public boolean matches(String text) {
            return ignoreCase ? value.equalsIgnoreCase(text) : value.equals(text);
        }
    }

    /// @param values lower case where `ignoreCase`
    record Among(Set<String> values, boolean ignoreCase) implements StringMatcher {
        @Override
        public boolean matches(String text) {
            return values.contains(ignoreCase ? text.toLowerCase(Locale.ROOT) : text);
        }
    }

    record Prefix(String value, boolean ignoreCase) implements StringMatcher {
        @Override
        public boolean matches(String text) {
            return text.regionMatches(ignoreCase, 0, value, 0, value.length());
        }
    }

    record Suffix(String value, boolean ignoreCase) implements StringMatcher {
        @Override
        public boolean matches(String text) {
            int from = text.length() - value.length();
            return from >= 0 && text.regionMatches(ignoreCase, from, value, 0, value.length());
        }
    }

    record Contains(String value, boolean ignoreCase) implements StringMatcher {
        @Override
        public boolean matches(String text) {
            return ignoreCase ? text.toLowerCase(Locale.ROOT).contains(value) : text.contains(value);
        }
    }

    /// Matches whole values.
    record Regex(Pattern pattern) implements StringMatcher {
        @Override
        public boolean matches(String text) {
            return pattern.matches(text);
        }
    }

    static StringMatcher exact(String value, boolean ignoreCase) {
        return new Exact(fold(value, ignoreCase), ignoreCase);
    }

    /// One of many exact values.
    static StringMatcher among(List<String> values, boolean ignoreCase) {
        Set<String> set = new HashSet<>();
        values.forEach(value -> set.add(fold(value, ignoreCase)));
        return new Among(Set.copyOf(set), ignoreCase);
    }

    static StringMatcher prefix(String value, boolean ignoreCase) {
        return new Prefix(fold(value, ignoreCase), ignoreCase);
    }

    static StringMatcher suffix(String value, boolean ignoreCase) {
        return new Suffix(fold(value, ignoreCase), ignoreCase);
    }

    static StringMatcher contains(String value, boolean ignoreCase) {
        return new Contains(fold(value, ignoreCase), ignoreCase);
    }

    private static String fold(String value, boolean ignoreCase) {
        return ignoreCase ? value.toLowerCase(Locale.ROOT) : value;
    }
}
