package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.stream.StreamInfo;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.function.ToLongFunction;

/// Times of log lines, in UTC: `2026-01-31T12:34:56.789Z`, or a pattern like strftime's with `%3f`, `%6f`, `%9f`,
/// `%E3S` … for fractions and `%s` for seconds since 1970.
final class StartTime {
    private static final int SECONDS_PER_DAY = 86_400;

    private StartTime() {}

    static LogOperator of(String pattern, ToLongFunction<StreamInfo> epochMillis) {
        if (pattern.isEmpty()) {
            LogOperator.Plain iso = (info, out) -> {
                out.appendTime(epochMillis.applyAsLong(info));
                return true;
            };
            return iso;
        }
        DateTimeFormatter formatter = compile(pattern);
        boolean seconds = pattern.contains("%s");
        return (info, out) -> {
            long millis = epochMillis.applyAsLong(info);
            ZonedDateTime time = Instant.ofEpochMilli(millis).atZone(ZoneOffset.UTC);
            String text = formatter.format(time);
            out.append(seconds ? text.replace(SECONDS, Long.toString(millis / 1000)) : text);
            return true;
        };
    }

    private static final String SECONDS = "\u0001";

    private static DateTimeFormatter compile(String pattern) {
        DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder();
        for (int index = 0; index < pattern.length(); index++) {
            char letter = pattern.charAt(index);
            if (letter != '%') {
                builder.appendLiteral(letter);
                continue;
            }
            int end = index + 1;
            while (end < pattern.length() && (Character.isDigit(pattern.charAt(end)) || pattern.charAt(end) == 'E')) {
                end++;
            }
            if (end == pattern.length()) {
                throw new IllegalArgumentException("time pattern '" + pattern + "' ends within a specifier");
            }
            specifier(builder, pattern.substring(index + 1, end + 1), pattern);
            index = end;
        }
        return builder.toFormatter(Locale.ROOT);
    }

    private static void specifier(DateTimeFormatterBuilder builder, String specifier, String pattern) {
        switch (specifier) {
            case "Y" -> builder.appendPattern("uuuu");
            case "y" -> builder.appendPattern("uu");
            case "m" -> builder.appendPattern("MM");
            case "d" -> builder.appendPattern("dd");
            case "e" -> builder.padNext(2).appendValue(ChronoField.DAY_OF_MONTH);
            case "j" -> builder.appendPattern("DDD");
            case "H" -> builder.appendPattern("HH");
            case "I" -> builder.appendPattern("hh");
            case "M" -> builder.appendPattern("mm");
            case "S" -> builder.appendPattern("ss");
            case "p" -> builder.appendText(ChronoField.AMPM_OF_DAY, TextStyle.SHORT);
            case "b", "h" -> builder.appendPattern("MMM");
            case "B" -> builder.appendPattern("MMMM");
            case "a" -> builder.appendPattern("EEE");
            case "A" -> builder.appendPattern("EEEE");
            case "F" -> builder.appendPattern("uuuu-MM-dd");
            case "T" -> builder.appendPattern("HH:mm:ss");
            case "R" -> builder.appendPattern("HH:mm");
            case "z" -> builder.appendPattern("xx");
            case "Z" -> builder.appendLiteral("UTC");
            case "s" -> builder.appendLiteral(SECONDS);
            case "f", "9f" -> builder.appendPattern("SSSSSSSSS");
            case "1f", "2f", "3f", "4f", "5f", "6f", "7f", "8f" ->
                builder.appendPattern("S".repeat(specifier.charAt(0) - '0'));
            case "E1S", "E2S", "E3S", "E4S", "E5S", "E6S", "E9S" ->
                builder.appendPattern("ss." + "S".repeat(specifier.charAt(1) - '0'));
            case "n" -> builder.appendLiteral('\n');
            case "%" -> builder.appendLiteral('%');
            default ->
                throw new IllegalArgumentException(
                        "time pattern '" + pattern + "' has %" + specifier + ", which is not supported");
        }
    }

    /// `2026-01-31T12:34:56`, without what formats dates for people: each sidecar would load it for this alone. Days to
    /// dates by the proleptic Gregorian calendar.
    static void second(long epochSecond, LineBuffer out) {
        long days = Math.floorDiv(epochSecond, SECONDS_PER_DAY);
        int second = Math.floorMod(epochSecond, SECONDS_PER_DAY);
        // Years that begin in March put the leap day last.
        long shifted = days + 719_468;
        long era = Math.floorDiv(shifted, 146_097);
        int dayOfEra = Math.floorMod(shifted, 146_097);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int shiftedMonth = (5 * dayOfYear + 2) / 153;
        int day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
        int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        out.append(yearOfEra + era * 400 + (month <= 2 ? 1 : 0));
        two('-', month, out);
        two('-', day, out);
        two('T', second / 3600, out);
        two(':', second / 60 % 60, out);
        two(':', second % 60, out);
    }

    private static void two(char before, int value, LineBuffer out) {
        out.append(before).append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }
}
