package dev.lateen.proxy.lookup;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/// Asks given name servers for the addresses of a name, one server after the other until one has an answer.
///
/// Limits: answers of 4,096 bytes; of one that was cut off counts what is there. Every question has a socket and an id
/// of its own, and takes only replies that repeat it.
///
/// Source: RFC 1035. Thread: any; it blocks.
public final class NameServers {
    private static final int MAX_DATAGRAM = 4096;
    private static final int NO_SUCH_NAME = 3;

    private final List<InetSocketAddress> servers;
    private final Duration timeout;
    private final RandomGenerator random = new SecureRandom();

    /// @param timeout for all servers together
    public NameServers(List<InetSocketAddress> servers, Duration timeout) {
        this.servers = List.copyOf(servers);
        this.timeout = timeout;
    }

    /// @param addresses empty where the name has none of this family
    public record Found(List<InetAddress> addresses, long ttlSeconds) {
        public Found {
            addresses = List.copyOf(addresses);
        }
    }

    /// Fails where no server has an answer, or the name cannot be asked for.
    public Found ask(String name, boolean v6) throws IOException {
        long share = Math.max(1, timeout.toMillis() / servers.size());
        IOException last = new UnknownHostException(name);
        for (InetSocketAddress server : servers) {
            byte[] question = AddressQuestion.encode(random.nextInt(1 << Character.SIZE), name, v6);
            try {
                return exchange(server, question, v6, share);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private static Found exchange(InetSocketAddress server, byte[] question, boolean v6, long millis)
            throws IOException {
        long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server);
            socket.send(new DatagramPacket(question, question.length));
            DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM], MAX_DATAGRAM);
            for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                socket.setSoTimeout((int) Math.max(1, left / 1_000_000));
                packet.setLength(MAX_DATAGRAM);
                socket.receive(packet);
                AddressAnswer answer = AddressAnswer.read(packet.getData(), packet.getLength(), question, v6);
                if (answer != null) {
                    if (answer.code() != 0 && answer.code() != NO_SUCH_NAME) {
                        throw new IOException("the name server answers with code " + answer.code());
                    }
                    return new Found(answer.addresses(), answer.ttlSeconds());
                }
            }
        }
        throw new SocketTimeoutException("no answer in time");
    }
}
