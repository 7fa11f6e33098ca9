package dev.lateen.proxy.expression;

import java.time.Duration;

/// Numbers and their texts, made once where they are as small as status codes.
///
/// Thread: any.
final class Texts {
    private static final int KNOWN = 600;
    private static final Long[] NUMBERS = new Long[KNOWN];
    private static final String[] TEXTS = new String[KNOWN];

    static {
        for (int number = 0; number < KNOWN; number++) {
            NUMBERS[number] = (long) number;
            TEXTS[number] = Integer.toString(number);
        }
    }

    private Texts() {}

    static Long number(int number) {
        return number >= 0 && number < KNOWN ? NUMBERS[number] : (Long) (long) number;
    }

    /// A value as CEL's `string()` writes it.
    static String of(Object value) {
        if (value instanceof Long number && number >= 0 && number < KNOWN) {
            return TEXTS[number.intValue()];
        }
        return value instanceof Duration duration ? Durations.text(duration) : value.toString();
    }
}
