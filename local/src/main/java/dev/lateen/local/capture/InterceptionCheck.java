package dev.lateen.local.capture;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Whether the interception rules are there: by a connection that nobody but the rules leads to where it is
/// expected. It is the proxy's user that has to ask, whose connections to the pod itself are inbound ones.
///
/// Thread: any; blocks.
public final class InterceptionCheck {
    /// An address of loopback and a port where nobody listens.
    private static final InetSocketAddress NOWHERE = new InetSocketAddress("127.0.0.6", 15002);

    private static final int ANSWER_MILLIS = 1_000;
    private static final Duration PAUSE = Duration.ofMillis(200);

    private InterceptionCheck() {}

    /// Asks again and again while the rules are not there.
    ///
    /// @param inboundPort to which inbound connections are led; nobody may listen there
    /// @return what is wrong
    public static Optional<String> problem(int inboundPort, Duration patience)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        try (ServerSocket expected = new ServerSocket()) {
            expected.setReuseAddress(true);
            expected.bind(new InetSocketAddress(inboundPort));
            byte mark = (byte) ThreadLocalRandom.current().nextInt(1, 128);
            Thread.ofVirtual().start(() -> answer(expected, mark));
            Optional<String> problem = attempt(mark);
            while (problem.isPresent() && System.nanoTime() - end < 0) {
                Thread.sleep(PAUSE);
                problem = attempt(mark);
            }
            return problem;
        }
    }

    private static void answer(ServerSocket expected, byte mark) {
        while (!expected.isClosed()) {
            try (Socket connection = expected.accept()) {
                connection.getOutputStream().write(mark);
            } catch (IOException _) {
                // closed, or the other end has gone: whoever asks says what it saw
            }
        }
    }

    private static Optional<String> attempt(byte mark) {
        try (Socket connection = new Socket()) {
            connection.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
            connection.connect(NOWHERE, ANSWER_MILLIS);
            connection.setSoTimeout(ANSWER_MILLIS);
            return connection.getInputStream().read() == mark
                    ? Optional.empty()
                    : Optional.of("somebody else takes the connections that are to reach the proxy");
        } catch (SocketException e) {
            return Optional.of("connections do not reach the proxy: " + e.getMessage());
        } catch (IOException e) {
            return Optional.of("connections do not reach the proxy in time: " + e.getMessage());
        }
    }
}
