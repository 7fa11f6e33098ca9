package dev.lateen.regex;

import java.util.ArrayDeque;
import java.util.Deque;

/// Counts about how many instructions a regular expression is compiled to, without compiling it: what is repeated `n`
/// times is there `n` times. Of what is no regular expression it counts something, too.
///
/// Thread: confined to its caller.
final class ProgramSize {
    /// Beyond every limit.
    private static final long ENOUGH = Integer.MAX_VALUE;

    private final String regex;
    /// Sizes of what stands before each open group.
    private final Deque<Long> outer = new ArrayDeque<>();
    private long size;
    /// Of what a repetition that follows would repeat.
    private long last;
    private int at;

    private ProgramSize(String regex) {
        this.regex = regex;
    }

    static long of(String regex) {
        return new ProgramSize(regex).count();
    }

    private long count() {
        while (at < regex.length()) {
            char letter = regex.charAt(at++);
            switch (letter) {
                case '\\' -> escape();
                case '[' -> {
                    skipClass();
                    one();
                }
                case '(' -> open();
                case ')' -> close();
                case '|' -> {
                    size++;
                    last = 0;
                }
                case '*', '+', '?' -> {
                    size++;
                    last++;
                }
                case '{' -> repeat();
                default -> one();
            }
            if (size > ENOUGH) {
                return ENOUGH;
            }
        }
        while (!outer.isEmpty()) {
            size += outer.pop();
        }
        return Math.min(size, ENOUGH);
    }

    private void one() {
        size++;
        last = 1;
    }

    private void escape() {
        if (at < regex.length() && regex.charAt(at) == 'Q') {
            int end = regex.indexOf("\\E", at);
            int length = (end < 0 ? regex.length() : end) - at - 1;
            size += Math.max(0, length);
            last = 1;
            at = end < 0 ? regex.length() : end + 2;
        } else {
            at++;
            one();
        }
    }

    /// A bracket right after the beginning, or after the `^` there, belongs to the class.
    private void skipClass() {
        if (at < regex.length() && regex.charAt(at) == '^') {
            at++;
        }
        if (at < regex.length() && regex.charAt(at) == ']') {
            at++;
        }
        while (at < regex.length() && regex.charAt(at) != ']') {
            if (regex.charAt(at) == '\\') {
                at++;
            } else if (regex.startsWith("[:", at)) {
                int end = regex.indexOf(":]", at + 2);
                at = end < 0 ? at : end + 1;
            }
            at++;
        }
        at++;
    }

    private void open() {
        outer.push(size);
        size = 0;
        last = 0;
        if (at < regex.length() && regex.charAt(at) == '?') {
            at++;
            while (at < regex.length() && ":>)".indexOf(regex.charAt(at)) < 0) {
                at++;
            }
            if (at < regex.length() && regex.charAt(at) != ')') {
                at++;
            }
        }
    }

    private void close() {
        if (outer.isEmpty()) {
            return;
        }
        last = size + 2;
        size = outer.pop() + last;
    }

    /// `{n}`, `{n,}` or `{n,m}`; any other brace stands for itself.
    private void repeat() {
        int end = regex.indexOf('}', at);
        String[] bounds = end < 0 ? new String[0] : regex.substring(at, end).split(",", -1);
        if (bounds.length == 0 || bounds.length > 2 || !isNumber(bounds[0])) {
            one();
            return;
        }
        boolean open = bounds.length == 1 || !isNumber(bounds[1]);
        long times = number(open ? bounds[0] : bounds[1]) + 1;
        long before = size - last;
        last = Math.min(ENOUGH, (last + 1) * times);
        size = before + last;
        at = end + 1;
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static long number(String text) {
        return text.length() > 4 ? 10_000 : Long.parseLong(text);
    }
}
