package dev.lateen.e2e.smuggling;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Turns the corpus' notation into bytes.
///
/// `~` is CR LF, `$` the input's token; `\r \n \t \v \f \0 \s \xHH \\` are bytes (`\s` a blank); `{rep N TEXT}`
/// repeats; `{smuggled}` is a whole request, `{poison}` a whole response, `{n}` the length of what follows the
/// first empty line.
final class Notation {
    private static final Pattern REPEAT = Pattern.compile("\\{rep (\\d+) ([^}]*)}");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(x[0-9a-f]{2}|[rntvf0s\\\\])");
    private static final String SMUGGLED = "GET /$-smuggled HTTP/1.1~host: evil~~";
    private static final String POISON = "HTTP/1.1 200 OK~content-length: 6~~poison";

    private Notation() {}

    /// Bytes as Latin-1.
    static String read(String text, String token) {
        String whole = text.replace("{smuggled}", SMUGGLED).replace("{poison}", POISON);
        whole = REPEAT.matcher(whole)
                .replaceAll(match -> Matcher.quoteReplacement(match.group(2).repeat(Integer.parseInt(match.group(1)))));
        whole = whole.replace("~", "\r\n").replace("$", token);
        whole = ESCAPE.matcher(whole).replaceAll(match -> Matcher.quoteReplacement(unescape(match.group(1))));
        int head = whole.indexOf("\r\n\r\n");
        return whole.replace("{n}", Integer.toString(head < 0 ? 0 : whole.length() - head - 4));
    }

    static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String unescape(String escape) {
        return switch (escape.charAt(0)) {
            case 'x' -> String.valueOf((char) Integer.parseInt(escape.substring(1), 16));
            case 'r' -> "\r";
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'v' -> "\u000b";
            case 'f' -> "\f";
            case '0' -> "\0";
            case 's' -> " ";
            default -> escape;
        };
    }
}
