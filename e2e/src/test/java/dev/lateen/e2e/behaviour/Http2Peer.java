package dev.lateen.e2e.behaviour;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// One end of an HTTP/2 connection, frame by frame. Thread: one.
public final class Http2Peer implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int END_STREAM = 1;
    private static final int ACK = 1;
    private static final int END_HEADERS = 4;
    /// What a server of HTTP/1 takes the preface for.
    static final String REQUEST_LIKE = "PRI * HTTP/2.0\r\n\r\n";

    private static final String PREFACE = REQUEST_LIKE + "SM\r\n\r\n";

    /// @param headers of a HEADERS frame, as `name: value`
    public record Frame(int type, int flags, int stream, byte[] payload, List<String> headers) {
        public boolean endsStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        public int errorCode() {
            int at = type == GOAWAY ? 4 : 0;
            return payload[at + 3] & 0xff;
        }
    }

    /// A whole response.
    ///
    /// @param headers of all header blocks, trailers last
    record Response(List<String> headers, String body, int reset) {}

    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

    private Http2Peer(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    public static Http2Peer client(Socket socket) throws IOException {
        Http2Peer peer = new Http2Peer(socket);
        HttpClient.write(socket, PREFACE);
        peer.send(SETTINGS, 0, 0, new byte[0]);
        return peer;
    }

    public static Http2Peer server(Socket socket) throws IOException {
        Http2Peer peer = new Http2Peer(socket);
        peer.in.readNBytes(PREFACE.length());
        peer.send(SETTINGS, 0, 0, new byte[0]);
        return peer;
    }

    /// A server whose client's preface has been read up to its first empty line, as a request of HTTP/1 would be.
    static Http2Peer begunServer(Socket socket) throws IOException {
        Http2Peer peer = new Http2Peer(socket);
        peer.in.readNBytes(PREFACE.length() - REQUEST_LIKE.length());
        peer.send(SETTINGS, 0, 0, new byte[0]);
        return peer;
    }

    public void send(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteBuf frame = Unpooled.buffer(9 + payload.length);
        frame.writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(stream)
                .writeBytes(payload);
        socket.getOutputStream().write(frame.array(), 0, frame.readableBytes());
        socket.getOutputStream().flush();
    }

    /// @param fields such as `:path: /`
    public void headers(int stream, boolean end, String... fields) throws Exception {
        DefaultHttp2Headers headers = new DefaultHttp2Headers(false);
        for (String field : fields) {
            int colon = field.indexOf(':', 1);
            headers.add(field.substring(0, colon), field.substring(colon + 1).strip());
        }
        ByteBuf block = Unpooled.buffer();
        encoder.encodeHeaders(stream, headers, block);
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        send(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, bytes);
    }

    void get(int stream, String path, String... fields) throws Exception {
        List<String> all =
                new ArrayList<>(List.of(":method: GET", ":scheme: http", ":authority: a.test", ":path: " + path));
        all.addAll(List.of(fields));
        headers(stream, true, all.toArray(String[]::new));
    }

    /// A gRPC message, framed.
    public void message(int stream, boolean end, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteBuf framed = Unpooled.buffer();
        framed.writeByte(0).writeInt(bytes.length).writeBytes(bytes);
        send(DATA, end ? END_STREAM : 0, stream, java.util.Arrays.copyOf(framed.array(), framed.readableBytes()));
    }

    public void reset(int stream) throws IOException {
        send(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
    }

    /// The next frame that is neither SETTINGS nor WINDOW_UPDATE; answers SETTINGS.
    public Frame next() throws Exception {
        while (true) {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt() & Integer.MAX_VALUE;
            byte[] payload = in.readNBytes(length);
            if (type == SETTINGS) {
                if ((flags & ACK) == 0) {
                    send(SETTINGS, ACK, 0, new byte[0]);
                }
            } else if (type != 8) {
                return new Frame(type, flags, stream, payload, type == HEADERS ? decode(stream, payload) : List.of());
            }
        }
    }

    private List<String> decode(int stream, byte[] block) throws Exception {
        Http2Headers headers = decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(block));
        List<String> fields = new ArrayList<>();
        headers.forEach(entry -> fields.add(entry.getKey() + ": " + entry.getValue()));
        return fields;
    }

    /// All of one response; frames of other streams are skipped.
    Response response(int stream) throws Exception {
        List<String> headers = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        while (true) {
            Frame frame = next();
            if (frame.type == GOAWAY) {
                return new Response(headers, body.toString(), frame.errorCode());
            }
            if (frame.stream != stream) {
                continue;
            }
            headers.addAll(frame.headers);
            if (frame.type == DATA) {
                body.append(new String(frame.payload, StandardCharsets.ISO_8859_1));
            }
            if (frame.type == RST_STREAM) {
                return new Response(headers, body.toString(), frame.errorCode());
            }
            if (frame.endsStream()) {
                return new Response(headers, body.toString(), -1);
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
