package dev.lateen.e2e.smuggling;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// Speaks HTTP/2 by hand: header blocks of plain literals, so that any byte can stand in any field.
final class Http2Client {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int SENTINEL_STREAM = 1001;

    private final Socket socket;
    private final Attack attack;
    private final Set<Integer> open = new HashSet<>();
    private final StringBuilder answer = new StringBuilder();

    private Http2Client(Socket socket, Attack attack) {
        this.socket = socket;
        this.attack = attack;
    }

    /// The input and then a request on another stream; the bodies of all answers.
    static String attack(int port, Attack attack) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            Http2Client client = new Http2Client(socket, attack);
            try {
                client.send();
            } catch (IOException _) {
                // Refused before all was sent: what was answered counts.
            }
            client.receive();
            return client.answer.toString();
        } catch (IOException e) {
            return "FAILED " + e;
        }
    }

    private void send() throws IOException {
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
        for (String step : attack.text().split(" ;; ", -1)) {
            step(step);
        }
        open.add(SENTINEL_STREAM);
        frame(
                HEADERS,
                END_HEADERS | END_STREAM,
                SENTINEL_STREAM,
                block(usual(List.of(field(":path", attack.sentinel())))));
    }

    private void step(String step) throws IOException {
        int blank = step.indexOf(' ');
        String verb = blank < 0 ? step : step.substring(0, blank);
        String rest = blank < 0 ? "" : step.substring(blank + 1);
        int at = verb.indexOf('@');
        int stream = at < 0 ? 1 : Integer.parseInt(verb.substring(at + 1));
        boolean end = verb.contains(".end");
        switch (verb.split("[.@]")[0]) {
            case "head" -> headers(stream, end, verb.contains(".split"), usual(fields(rest)));
            case "head!" -> headers(stream, end, verb.contains(".split"), fields(rest));
            case "trailers" -> headers(stream, true, false, fields(rest));
            case "data" ->
                frame(DATA, end ? END_STREAM : 0, stream, Notation.bytes(Notation.read(rest, attack.token())));
            case "reset" -> {
                open.remove(stream);
                frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
            }
            case "frame" -> {
                String[] cells = Notation.read(rest, attack.token()).split(" ", -1);
                frame(
                        Integer.parseInt(cells[0], 16),
                        Integer.parseInt(cells[1]),
                        Integer.parseInt(cells[2]),
                        HexFormat.of().parseHex(cells.length > 3 ? cells[3] : ""));
            }
            default -> throw new IllegalStateException("no such step: " + step);
        }
    }

    private record Field(String name, String value) {}

    private static Field field(String name, String value) {
        return new Field(name, value);
    }

    private List<Field> fields(String text) {
        List<Field> fields = new ArrayList<>();
        for (String part : text.isEmpty() ? new String[0] : text.split(" & ", -1)) {
            int equals = part.indexOf('=');
            fields.add(field(
                    Notation.read(part.substring(0, equals), attack.token()),
                    Notation.read(part.substring(equals + 1), attack.token())));
        }
        return fields;
    }

    /// With the four pseudo-header fields in front, unless the fields have their own.
    private List<Field> usual(List<Field> fields) {
        List<Field> all = new ArrayList<>(List.of(
                field(":method", "GET"),
                field(":scheme", "http"),
                field(":authority", "a"),
                field(":path", "/" + attack.token())));
        for (Field field : fields) {
            int known = 0;
            while (known < 4 && !all.get(known).name().equals(field.name())) {
                known++;
            }
            if (known < 4) {
                all.set(known, field);
            } else {
                all.add(field);
            }
        }
        return all;
    }

    private void headers(int stream, boolean end, boolean split, List<Field> fields) throws IOException {
        open.add(stream);
        byte[] block = block(fields);
        int flags = end ? END_STREAM : 0;
        if (split) {
            int half = block.length / 2;
            frame(HEADERS, flags, stream, Arrays.copyOf(block, half));
            frame(CONTINUATION, END_HEADERS, stream, Arrays.copyOfRange(block, half, block.length));
        } else {
            frame(HEADERS, flags | END_HEADERS, stream, block);
        }
    }

    /// Literals that are never indexed (RFC 7541 §6.2.3).
    private static byte[] block(List<Field> fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (Field field : fields) {
            block.write(0x10);
            text(block, field.name());
            text(block, field.value());
        }
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        int length = text.length();
        if (length < 127) {
            block.write(length);
        } else {
            block.write(127);
            for (length -= 127; length >= 128; length >>= 7) {
                block.write(length & 127 | 128);
            }
            block.write(length);
        }
        block.writeBytes(Notation.bytes(text));
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        byte[] frame = new byte[9 + payload.length];
        frame[0] = (byte) (payload.length >> 16);
        frame[1] = (byte) (payload.length >> 8);
        frame[2] = (byte) payload.length;
        frame[3] = (byte) type;
        frame[4] = (byte) flags;
        frame[5] = (byte) (stream >> 24);
        frame[6] = (byte) (stream >> 16);
        frame[7] = (byte) (stream >> 8);
        frame[8] = (byte) stream;
        System.arraycopy(payload, 0, frame, 9, payload.length);
        socket.getOutputStream().write(frame);
        socket.getOutputStream().flush();
    }

    private void receive() {
        try {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (!open.isEmpty()) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt() & Integer.MAX_VALUE;
                byte[] payload = in.readNBytes(length);
                if (type == DATA) {
                    answer.append(new String(payload, StandardCharsets.ISO_8859_1));
                }
                if (type == RST_STREAM || ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0)) {
                    open.remove(stream);
                }
            }
        } catch (SocketTimeoutException _) {
            answer.append("HUNG");
        } catch (EOFException _) {
            // The proxy has ended the connection.
        } catch (IOException _) {
            // A reset ends it too.
        }
    }
}
