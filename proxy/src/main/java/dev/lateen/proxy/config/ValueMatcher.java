package dev.lateen.proxy.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A test of one value of metadata: `String`, `Double`, `Boolean`, `List`, `Map`, or null where there is none.
///
/// Source: envoy.type.matcher.v3.ValueMatcher. Thread: any (immutable).
public sealed interface ValueMatcher {
    boolean matches(@Nullable Object value);

    record Text(StringMatcher matcher) implements ValueMatcher {
        @Override
        public boolean matches(@Nullable Object value) {
            return value instanceof String text && matcher.matches(text);
        }
    }

    /// @param end exclusive
    record Range(double start, double end) implements ValueMatcher {
        @Override
        public boolean matches(@Nullable Object value) {
            return value instanceof Double number && number >= start && number < end;
        }
    }

    record Exactly(double wanted) implements ValueMatcher {
        @Override
        public boolean matches(@Nullable Object value) {
            return value instanceof Double number && number == wanted;
        }
    }

    record Bool(boolean wanted) implements ValueMatcher {
        @Override
        public boolean matches(@Nullable Object value) {
            return value instanceof Boolean flag && flag == wanted;
        }
    }

    /// Whether there is a value at all.
    record Present(boolean wanted) implements ValueMatcher {
        @Override
        public boolean matches(@Nullable Object value) {
            return wanted && value != null;
        }
    }

    /// A list that holds a value which matches.
    record OneOf(ValueMatcher element) implements ValueMatcher {
        @Override
        public boolean matches(@Nullable Object value) {
            if (value instanceof List<?> list) {
                for (int index = 0; index < list.size(); index++) {
                    if (element.matches(list.get(index))) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    record Or(List<ValueMatcher> matchers) implements ValueMatcher {
        @Override
        public boolean matches(@Nullable Object value) {
            for (int index = 0; index < matchers.size(); index++) {
                if (matchers.get(index).matches(value)) {
                    return true;
                }
            }
            return false;
        }
    }
}
