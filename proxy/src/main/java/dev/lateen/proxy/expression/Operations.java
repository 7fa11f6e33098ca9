package dev.lateen.proxy.expression;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// CEL's operators on values.
///
/// Source: CEL specification, "List of Standard Definitions".
final class Operations {
    private Operations() {}

    static boolean equal(Object one, Object other) {
        if (one instanceof Number left && other instanceof Number right) {
            return compare(left, right) == 0;
        }
        return one.equals(other);
    }

    private static int compare(Number left, Number right) {
        return left instanceof Long one && right instanceof Long other
                ? Long.compare(one, other)
                : Double.compare(left.doubleValue(), right.doubleValue());
    }

    static @Nullable Boolean ordered(Expression.Relation relation, Object one, Object other) {
        int order;
        switch (one) {
            case Number left when other instanceof Number right -> order = compare(left, right);
            case String left when other instanceof String right -> order = left.compareTo(right);
            case Duration left when other instanceof Duration right -> order = left.compareTo(right);
            case Instant left when other instanceof Instant right -> order = left.compareTo(right);
            default -> {
                return null;
            }
        }
        return switch (relation) {
            case LESS -> order < 0;
            case AT_MOST -> order <= 0;
            case MORE -> order > 0;
            case AT_LEAST -> order >= 0;
            case EQUAL -> order == 0;
            case UNEQUAL -> order != 0;
        };
    }

    static @Nullable Object arithmetic(char operator, Object one, Object other) {
        if (one instanceof String left && other instanceof String right) {
            return operator == '+' ? left + right : null;
        }
        if (one instanceof Long left && other instanceof Long right) {
            return whole(operator, left, right);
        }
        if (one instanceof Double left && other instanceof Double right) {
            return switch (operator) {
                case '+' -> left + right;
                case '-' -> left - right;
                case '*' -> left * right;
                case '/' -> left / right;
                default -> null;
            };
        }
        return switch (operator) {
            case '+' -> one instanceof Duration ? later(other, one) : later(one, other);
            case '-' -> earlier(one, other);
            default -> null;
        };
    }

    private static @Nullable Object later(Object one, Object span) {
        if (!(span instanceof Duration more)) {
            return null;
        }
        try {
            return one instanceof Instant time
                    ? time.plus(more)
                    : one instanceof Duration other ? (Object) other.plus(more) : null;
        } catch (DateTimeException | ArithmeticException _) {
            return null;
        }
    }

    private static @Nullable Object earlier(Object one, Object other) {
        if (one instanceof Instant end && other instanceof Instant start) {
            return Duration.between(start, end);
        }
        return other instanceof Duration less ? later(one, less.negated()) : null;
    }

    private static @Nullable Long whole(char operator, long left, long right) {
        try {
            return switch (operator) {
                case '+' -> (Long) Math.addExact(left, right);
                case '-' -> (Long) Math.subtractExact(left, right);
                case '*' -> (Long) Math.multiplyExact(left, right);
                case '/' -> (Long) Math.divideExact(left, right);
                default -> (Long) (left % right);
            };
        } catch (ArithmeticException _) {
            return null;
        }
    }

    static @Nullable Long toInt(Object value) {
        if (value instanceof Number number) {
            return number.longValue();
        }
        if (!(value instanceof String text) || text.isEmpty() || text.length() > 18) {
            return null;
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException _) {
            return null;
        }
    }
}
