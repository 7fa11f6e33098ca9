package dev.lateen.e2e.behaviour;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/// A TLS client whose first words come in one piece with the end of its handshake.
final class EarlyTls {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Socket socket;
    private final SSLEngine engine;
    private final ByteArrayOutputStream toSend = new ByteArrayOutputStream();
    private final ByteBuffer received = ByteBuffer.allocate(1 << 17).flip();
    private final ByteBuffer plain = ByteBuffer.allocate(1 << 17);

    private EarlyTls(Socket socket, SSLContext context) {
        this.socket = socket;
        this.engine = context.createSSLEngine("server.test", 443);
        engine.setUseClientMode(true);
    }

    static EarlyTls say(Socket socket, SSLContext context, String words) throws IOException {
        EarlyTls client = new EarlyTls(socket, context);
        client.engine.beginHandshake();
        while (client.step()) {}
        client.wrap(ByteBuffer.wrap(words.getBytes(StandardCharsets.ISO_8859_1)));
        client.send();
        return client;
    }

    private boolean step() throws IOException {
        return switch (engine.getHandshakeStatus()) {
            case NEED_WRAP -> {
                wrap(NOTHING);
                yield true;
            }
            case NEED_TASK -> {
                engine.getDelegatedTask().run();
                yield true;
            }
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                unwrap();
                yield true;
            }
            case FINISHED, NOT_HANDSHAKING -> false;
        };
    }

    private void wrap(ByteBuffer words) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(1 << 15);
        engine.wrap(words, record);
        toSend.write(record.array(), 0, record.position());
    }

    private void send() throws IOException {
        socket.getOutputStream().write(toSend.toByteArray());
        toSend.reset();
    }

    private void unwrap() throws IOException {
        SSLEngineResult result = engine.unwrap(received, plain);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
            if (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING || toSend.size() > 0) {
                send();
            }
            received.compact();
            int read = socket.getInputStream().read(received.array(), received.position(), received.remaining());
            if (read < 0) {
                throw new EOFException("closed");
            }
            received.position(received.position() + read).flip();
        }
    }

    /// What the server says, as soon as there is any of it.
    String answer() throws IOException {
        while (plain.position() == 0) {
            if (!step()) {
                unwrap();
            }
        }
        return new String(plain.array(), 0, plain.position(), StandardCharsets.ISO_8859_1);
    }
}
