package dev.lateen.bench.sidebyside;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// What starting and ending the measured processes takes.
final class Servers {
    static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final int END_SECONDS = 10;

    private Servers() {}

    static boolean accepts(int port) {
        try (Socket _ = new Socket("127.0.0.1", port)) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    static void awaitPort(int port, Process process, String name) throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!accepts(port)) {
            if (System.nanoTime() > deadline || !process.isAlive()) {
                throw new IllegalStateException(name + " did not start");
            }
            Thread.sleep(5);
        }
    }

    static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    static String resource(String name) throws IOException {
        try (var in = Servers.class.getResourceAsStream("/sidebyside/" + name)) {
            if (in == null) {
                throw new IOException("no resource sidebyside/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
