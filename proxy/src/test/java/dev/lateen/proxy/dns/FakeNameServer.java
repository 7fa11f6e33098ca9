package dev.lateen.proxy.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A name server that says what a test wants it to, over UDP and TCP on the same port.
final class FakeNameServer implements AutoCloseable {
    private final DatagramSocket datagrams;
    private final ServerSocket streams;
    private final Function<byte[], List<byte[]>> overUdp;
    private final Function<byte[], List<byte[]>> overTcp;
    /// Ports from which we were asked, and the ids of the questions.
    final List<Integer> ports = new CopyOnWriteArrayList<>();

    final List<Integer> ids = new CopyOnWriteArrayList<>();
    final List<byte[]> questions = new CopyOnWriteArrayList<>();

    FakeNameServer(Function<byte[], List<byte[]>> overUdp, Function<byte[], List<byte[]>> overTcp) throws IOException {
        this.overUdp = overUdp;
        this.overTcp = overTcp;
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        ServerSocket stream = new ServerSocket(0, 10, loopback);
        DatagramSocket datagram = sameNumber(stream);
        while (datagram == null) {
            stream.close();
            stream = new ServerSocket(0, 10, loopback);
            datagram = sameNumber(stream);
        }
        this.streams = stream;
        this.datagrams = datagram;
        Thread.ofVirtual().start(this::serveDatagrams);
        Thread.ofVirtual().start(this::serveStreams);
    }

    /// Null where somebody has that port already: numbers of the two kinds are given out apart.
    private static @Nullable DatagramSocket sameNumber(ServerSocket stream) {
        try {
            return new DatagramSocket(stream.getLocalPort(), stream.getInetAddress());
        } catch (SocketException _) {
            return null;
        }
    }

    FakeNameServer(Function<byte[], List<byte[]>> overUdp) throws IOException {
        this(overUdp, _ -> List.of());
    }

    InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", streams.getLocalPort());
    }

    private void serveDatagrams() {
        byte[] buffer = new byte[8192];
        while (!datagrams.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                datagrams.receive(packet);
                byte[] question = java.util.Arrays.copyOf(buffer, packet.getLength());
                ports.add(packet.getPort());
                remember(question);
                for (byte[] answer : overUdp.apply(question)) {
                    datagrams.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException _) {
                // closed, or the one who asked has gone
            }
        }
    }

    private void serveStreams() {
        while (!streams.isClosed()) {
            try (Socket socket = streams.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                byte[] question = in.readNBytes(in.readUnsignedShort());
                remember(question);
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                for (byte[] answer : overTcp.apply(question)) {
                    out.writeShort(answer.length);
                    out.write(answer);
                }
                out.flush();
            } catch (IOException _) {
                // closed, or the one who asked has gone
            }
        }
    }

    private void remember(byte[] question) {
        ids.add((question[0] & 0xff) << 8 | question[1] & 0xff);
        questions.add(question);
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        streams.close();
    }
}
