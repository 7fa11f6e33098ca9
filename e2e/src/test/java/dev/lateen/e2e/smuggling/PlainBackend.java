package dev.lateen.e2e.smuggling;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/// Takes nothing but the one canonical form of HTTP/1.1: whatever else the proxy may write is a complaint.
///
/// Thread: one virtual thread a connection.
final class PlainBackend implements Backend {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern REQUEST_LINE =
            Pattern.compile("(" + TOKEN + ") (/[\\x21\\x22\\x24-\\x7e]*|\\*) HTTP/1\\.1");
    private static final Pattern FIELD = Pattern.compile("(" + TOKEN
            + "): ((?:[\\x21-\\x7e\\x80-\\xff](?:[\\t\\x20-\\x7e\\x80-\\xff]*" + "[\\x21-\\x7e\\x80-\\xff])?)?)");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._~%!$&'()*+,;=:\\[\\]-]+");
    private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]{0,17}");
    private static final Pattern CHUNK_SIZE = Pattern.compile("0|[1-9a-f][0-9a-f]{0,7}");

    private final ServerSocket server;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    PlainBackend() {
        try {
            server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.startVirtualThread(this::accept);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (request(in, socket)) {
                // One after the other.
            }
        } catch (IOException _) {
            // A request that was cut off is none.
        }
    }

    private boolean request(InputStream in, Socket socket) throws IOException {
        String line = line(in);
        if (line == null) {
            return false;
        }
        var start = REQUEST_LINE.matcher(line);
        if (!start.matches()) {
            return complain("request line", line);
        }
        int hosts = 0;
        String length = null;
        String coding = null;
        for (String field = line(in); field == null || !field.isEmpty(); field = line(in)) {
            var parts = field == null ? null : FIELD.matcher(field);
            if (parts == null || !parts.matches()) {
                return field != null && complain("field of " + line, field);
            }
            switch (parts.group(1).toLowerCase(Locale.ROOT)) {
                case "host" -> {
                    if (++hosts > 1 || !HOST.matcher(parts.group(2)).matches()) {
                        return complain("host of " + line, field);
                    }
                }
                case "content-length" -> {
                    if (length != null || !LENGTH.matcher(parts.group(2)).matches()) {
                        return complain("length of " + line, field);
                    }
                    length = parts.group(2);
                }
                case "transfer-encoding" -> {
                    if (coding != null || !parts.group(2).equals("chunked")) {
                        return complain("coding of " + line, field);
                    }
                    coding = parts.group(2);
                }
                case "connection", "upgrade", "keep-alive", "proxy-connection", "http2-settings" -> {
                    return complain("connection field of " + line, field);
                }
                default -> {}
            }
        }
        if (hosts != 1 || (length != null && coding != null)) {
            return complain("framing or host of", line);
        }
        String body = coding != null ? chunks(in, line) : counted(in, length == null ? 0 : Long.parseLong(length));
        if (body == null) {
            return false;
        }
        Seen request = new Seen(start.group(1), start.group(2), body);
        seen.add(request);
        answer(request, socket);
        return true;
    }

    private static void answer(Seen request, Socket socket) throws IOException {
        String body = request.answer();
        String head = "HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n";
        socket.getOutputStream().write(Notation.bytes(request.method().equals("HEAD") ? head : head + body));
        socket.getOutputStream().flush();
    }

    private static String counted(InputStream in, long length) throws IOException {
        byte[] bytes = in.readNBytes((int) length);
        return bytes.length < length ? null : new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private String chunks(InputStream in, String request) throws IOException {
        StringBuilder body = new StringBuilder();
        while (true) {
            String size = line(in);
            if (size == null || !CHUNK_SIZE.matcher(size).matches()) {
                return size == null || !complain("chunk size of " + request, size) ? null : "";
            }
            if (size.equals("0")) {
                break;
            }
            String data = counted(in, Integer.parseInt(size, 16));
            String end = data == null ? null : line(in);
            if (end == null || !end.isEmpty()) {
                return end == null || !complain("end of a chunk of " + request, end) ? null : "";
            }
            body.append(data);
        }
        for (String field = line(in); field == null || !field.isEmpty(); field = line(in)) {
            boolean ours = field != null && (field.startsWith("x-forwarded-") || field.startsWith("x-envoy-"));
            if (field == null || ours || !FIELD.matcher(field).matches()) {
                return field == null || !complain("trailer of " + request, field) ? null : "";
            }
        }
        return body.toString();
    }

    /// A line that CR LF ends; null where the connection has ended.
    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text + "\n";
            }
            line.write(b);
        }
        return null;
    }

    private boolean complain(String what, String text) {
        complaints.add(what + ": " + text);
        return false;
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public int port() {
        return server.getLocalPort();
    }

    @Override
    public boolean http2() {
        return false;
    }

    @Override
    public List<Seen> seen() {
        return seen;
    }

    @Override
    public List<String> complaints() {
        return complaints;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
