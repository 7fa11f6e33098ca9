package dev.lateen.e2e.behaviour;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A name server that knows the IPv4 addresses which a test gives it, each for a second; other names do not exist.
///
/// Thread: a virtual thread of its own; `put` and `asked` any.
final class NameServer implements AutoCloseable {
    private static final int HEADER = 12;

    private final DatagramSocket socket;
    private final Map<String, List<byte[]>> addresses = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    NameServer() throws IOException {
        this.socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        Thread.startVirtualThread(this::serve);
    }

    int port() {
        return socket.getLocalPort();
    }

    void put(String name, String... texts) throws IOException {
        List<byte[]> all = new ArrayList<>();
        for (String text : texts) {
            all.add(InetAddress.getByName(text).getAddress());
        }
        addresses.put(name, all);
    }

    /// How often a name's IPv4 addresses were asked for.
    long asked(String name) {
        return asked.stream().filter(name::equals).count();
    }

    private void serve() {
        byte[] buffer = new byte[2048];
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] reply = answer(ByteBuffer.wrap(Arrays.copyOf(buffer, packet.getLength())));
                socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
            } catch (IOException _) {
                // It is closed, or the one who asked has gone.
            }
        }
    }

    private byte[] answer(ByteBuffer question) {
        StringBuilder name = new StringBuilder();
        int at = HEADER;
        for (int label = question.get(at); label > 0; label = question.get(at)) {
            byte[] text = new byte[label];
            question.get(at + 1, text);
            name.append(name.isEmpty() ? "" : ".").append(new String(text, StandardCharsets.US_ASCII));
            at += label + 1;
        }
        boolean v4 = question.getShort(at + 1) == 1;
        String key = name.toString().toLowerCase(Locale.ROOT);
        if (v4) {
            asked.add(key);
        }
        List<byte[]> known = addresses.getOrDefault(key, List.of());
        List<byte[]> told = v4 ? known : List.of();
        ByteBuffer reply = ByteBuffer.allocate(at + 5 + 16 * told.size());
        reply.putShort(question.getShort(0)).putShort((short) (known.isEmpty() ? 0x8183 : 0x8180));
        reply.putShort((short) 1).putShort((short) told.size()).putInt(0);
        reply.put(question.array(), HEADER, at + 5 - HEADER);
        for (byte[] address : told) {
            reply.putShort((short) 0xc00c).putShort((short) 1).putShort((short) 1);
            reply.putInt(1).putShort((short) 4).put(address);
        }
        return reply.array();
    }

    @Override
    public void close() {
        socket.close();
    }
}
