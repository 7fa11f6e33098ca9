package dev.lateen.e2e.behaviour;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Requests at a steady rate, spread evenly over some ports, one connection each.
final class SteadyLoad {
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nhost: a.test\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final int MOST_AT_ONCE = 100;
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(2);

    private SteadyLoad() {}

    /// What came back while it was measured.
    ///
    /// @param offered all requests
    /// @param admitted those with status 200
    /// @param admittedInAll those outside of the measured time included
    /// @param seconds measured
    record Result(long offered, long admitted, long admittedInAll, double seconds) {
        double offeredRate() {
            return offered / seconds;
        }

        double admittedRate() {
            return admitted / seconds;
        }
    }

    /// @param rate of all ports together, a second
    /// @param warmUpSeconds not measured
    static Result run(List<Integer> ports, double rate, double warmUpSeconds, double seconds) throws Exception {
        long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
        long from = begin + (long) (warmUpSeconds * 1e9);
        long to = from + (long) (seconds * 1e9);
        try (ExecutorService threads = Executors.newFixedThreadPool(ports.size())) {
            List<Future<long[]>> parts = new ArrayList<>();
            for (int port : ports) {
                parts.add(threads.submit(() -> one(port, rate / ports.size(), begin, from, to)));
            }
            long offered = 0;
            long admitted = 0;
            long inAll = 0;
            for (Future<long[]> part : parts) {
                offered += part.get()[0];
                admitted += part.get()[1];
                inAll += part.get()[2];
            }
            return new Result(offered, admitted, inAll, seconds);
        }
    }

    private static long[] one(int port, double rate, long begin, long from, long to) throws IOException {
        long[] counts = new long[3];
        try (Socket socket = new HttpClient(port).connect()) {
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            long sent = 0;
            for (long now = System.nanoTime(); now < to; now = System.nanoTime()) {
                long due = Math.min(MOST_AT_ONCE, (long) ((now - begin) * 1e-9 * rate) - sent);
                if (due <= 0) {
                    LockSupport.parkNanos(TICK);
                    continue;
                }
                socket.getOutputStream().write(repeated((int) due));
                for (long reply = 0; reply < due; reply++) {
                    boolean admitted = status(in) == 200;
                    counts[2] += admitted ? 1 : 0;
                    long at = System.nanoTime();
                    if (at >= from && at < to) {
                        counts[0]++;
                        counts[1] += admitted ? 1 : 0;
                    }
                }
                sent += due;
            }
        }
        return counts;
    }

    private static byte[] repeated(int times) {
        byte[] all = new byte[REQUEST.length * times];
        for (int time = 0; time < times; time++) {
            System.arraycopy(REQUEST, 0, all, time * REQUEST.length, REQUEST.length);
        }
        return all;
    }

    /// Reads one response to its end.
    private static int status(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder(300);
        while (head.length() < 4 || head.lastIndexOf("\r\n\r\n") != head.length() - 4) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection ended after: " + head);
            }
            head.append((char) next);
        }
        int at = head.indexOf("content-length: ");
        int length = at < 0 ? 0 : Integer.parseInt(head.substring(at + 16, head.indexOf("\r\n", at)));
        in.skipNBytes(length);
        return Integer.parseInt(head.substring(9, 12));
    }
}
