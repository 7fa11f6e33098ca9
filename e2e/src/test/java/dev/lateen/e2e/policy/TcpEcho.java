package dev.lateen.e2e.policy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// A server that sends back every byte.
///
/// Thread: one virtual thread a connection.
final class TcpEcho implements AutoCloseable {
    private final ServerSocket server;

    private TcpEcho(ServerSocket server) {
        this.server = server;
    }

    static TcpEcho start() throws IOException {
        TcpEcho echo = new TcpEcho(new ServerSocket(0, 128, InetAddress.getLoopbackAddress()));
        Thread.startVirtualThread(echo::serve);
        return echo;
    }

    int port() {
        return server.getLocalPort();
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> sendBack(socket));
            } catch (IOException _) {
                // Closed: the test is over.
            }
        }
    }

    private static void sendBack(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException _) {
            // The client has gone.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
