package dev.lateen.e2e.differential;

import dev.lateen.e2e.behaviour.Http2Peer;
import dev.lateen.e2e.behaviour.Http2Peer.Frame;
import dev.lateen.e2e.behaviour.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Asks over HTTP/2, one stream after the other on one connection. Thread: one.
final class Http2Client implements Side.Client {
    private static final int TIMEOUT_MILLIS = 30_000;
    private final int port;
    private @Nullable Http2Peer peer;
    private int stream = -1;

    Http2Client(int port) {
        this.port = port;
    }

    @Override
    public String call(Calls.Call call) throws IOException {
        try {
            if (peer == null) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                socket.setSoTimeout(TIMEOUT_MILLIS);
                socket.setTcpNoDelay(true);
                peer = Http2Peer.client(socket);
                stream = -1;
            }
            stream += 2;
            return ask(peer, call);
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException _) {
            close();
            return "the connection ended";
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private String ask(Http2Peer peer, Calls.Call call) throws Exception {
        List<String> fields = new ArrayList<>(List.of(
                ":method: " + call.method(), ":scheme: http", ":authority: " + call.host(), ":path: " + call.target()));
        for (String field : call.fields()) {
            int colon = field.indexOf(':');
            fields.add(field.substring(0, colon).toLowerCase(Locale.ROOT) + field.substring(colon));
        }
        fields.add("x-case: " + call.id());
        byte[] body = call.body().getBytes(StandardCharsets.ISO_8859_1);
        peer.headers(stream, body.length == 0, fields.toArray(String[]::new));
        if (body.length > 0) {
            peer.send(Http2Peer.DATA, Http2Peer.END_STREAM, stream, body);
        }
        return answer(peer);
    }

    private String answer(Http2Peer peer) throws Exception {
        List<String> head = new ArrayList<>();
        List<String> trailers = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        while (true) {
            Frame frame = peer.next();
            if (frame.type() == Http2Peer.GOAWAY) {
                close();
                return "the connection ended";
            }
            if (frame.stream() != stream) {
                continue;
            }
            switch (frame.type()) {
                case Http2Peer.RST_STREAM -> {
                    return "reset " + frame.errorCode();
                }
                case Http2Peer.DATA -> body.append(new String(frame.payload(), StandardCharsets.ISO_8859_1));
                case Http2Peer.HEADERS -> (head.isEmpty() ? head : trailers).addAll(frame.headers());
                default -> {
                    // Nothing that says something of the answer.
                }
            }
            if (frame.endsStream()) {
                int status = Integer.parseInt(head.getFirst().substring(":status: ".length()));
                Reply reply = new Reply(status, head.subList(1, head.size()), body.toString(), List.of(), true);
                return Message.normal(reply) + (trailers.isEmpty() ? "" : "\ntrailers " + trailers);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (peer != null) {
            peer.close();
            peer = null;
        }
    }
}
