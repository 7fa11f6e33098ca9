package dev.lateen.e2e.behaviour;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// An HTTP/1 response as it came.
///
/// @param complete whether its end came as its framing announced
public record Reply(int status, List<String> fields, String body, List<String> trailers, boolean complete) {

    /// The value of a field, or `-`.
    public String field(String name) {
        String start = name.toLowerCase(Locale.ROOT) + ":";
        return fields.stream()
                .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(start))
                .map(field -> field.substring(start.length()).strip())
                .findFirst()
                .orElse("-");
    }

    /// Reads one response to a method.
    public static Reply read(InputStream in, String method) throws IOException {
        String statusLine = line(in);
        List<String> fields = fieldLines(in);
        int status = Integer.parseInt(statusLine.split(" ")[1]);
        Reply head = new Reply(status, fields, "", List.of(), true);
        if (method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
            return head;
        }
        if (head.field("transfer-encoding").equals("chunked")) {
            return chunked(in, head);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String length = head.field("content-length");
        boolean complete = copy(in, body, length.equals("-") ? Integer.MAX_VALUE : Integer.parseInt(length));
        return new Reply(status, fields, text(body), List.of(), complete || length.equals("-"));
    }

    private static Reply chunked(InputStream in, Reply head) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            while (true) {
                int size = Integer.parseInt(line(in).split(";")[0].strip(), 16);
                if (size == 0) {
                    return new Reply(head.status, head.fields, text(body), fieldLines(in), true);
                }
                if (!copy(in, body, size) || !line(in).isEmpty()) {
                    return new Reply(head.status, head.fields, text(body), List.of(), false);
                }
            }
        } catch (IOException _) {
            return new Reply(head.status, head.fields, text(body), List.of(), false);
        }
    }

    private static boolean copy(InputStream in, ByteArrayOutputStream to, int length) {
        try {
            byte[] bytes = in.readNBytes(length);
            to.writeBytes(bytes);
            return bytes.length == length;
        } catch (IOException _) {
            return false;
        }
    }

    private static List<String> fieldLines(InputStream in) throws IOException {
        List<String> fields = new ArrayList<>();
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            fields.add(field);
        }
        return fields;
    }

    static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended within a line: '" + text(line) + "'");
            }
            line.write(b);
        }
        String text = text(line);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
