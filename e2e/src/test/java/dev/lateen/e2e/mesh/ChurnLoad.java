package dev.lateen.e2e.mesh;

import static org.awaitility.Awaitility.await;

import dev.lateen.e2e.behaviour.Reply;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Requests at a steady rate that nothing pauses: over connections that are kept until the server says that it ends
/// them, and over new ones with TLS. Nothing is tried again: a connection that ends without a word, in use or before
/// its next request, is a failed request.
final class ChurnLoad implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(40);
    private static final Duration LONGEST = Duration.ofSeconds(15);
    /// Host and path of what each sender asks, over a connection of its own.
    private static final List<String> QUESTIONS = List.of(
            "web.test /",
            "pool.test /",
            "front.test /fetch?http%3A%2F%2Fweb%2F",
            "front.test /fetch?http%3A%2F%2Fpool%2F",
            "web.test /slow?300",
            "pool.test /slow?300",
            "front.test /fetch?http%3A%2F%2Fweb%2Fslow%3F300");

    private final InetSocketAddress plain;
    private final InetSocketAddress secure;
    private final OutsideCaller caller;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final LongAdder done = new LongAdder();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final Set<String> marks = ConcurrentHashMap.newKeySet();
    private final Set<String> certificates = ConcurrentHashMap.newKeySet();
    private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
    private final long begin = System.nanoTime();

    /// @param caller who makes the calls over TLS
    ChurnLoad(InetSocketAddress plain, InetSocketAddress secure, OutsideCaller caller) {
        this.plain = plain;
        this.secure = secure;
        this.caller = caller;
        QUESTIONS.forEach(question -> senders.execute(() -> new Sender(question).run()));
        senders.execute(this::callOverTls);
    }

    long done() {
        return done.sum();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /// The values of `x-change` that came.
    Set<String> marks() {
        return Set.copyOf(marks);
    }

    /// The serial numbers of the certificates that the gateway showed.
    Set<String> certificates() {
        return Set.copyOf(certificates);
    }

    /// Waits for so many more.
    void requests(long more) {
        long before = done();
        await().atMost(Duration.ofSeconds(60)).until(() -> done() >= before + more);
    }

    @Override
    public void close() {
        stopped.set(true);
        senders.close();
    }

    private void failed(String question, String reason) {
        failures.add("%.1f s: %s: %s".formatted((System.nanoTime() - begin) * 1e-9, question, reason.strip()));
    }

    private void callOverTls() {
        while (!stopped.get()) {
            LockSupport.parkNanos(PAUSE.toNanos());
            try {
                String answer = caller.call(secure, certificates::add);
                if (!answer.startsWith("HTTP/1.1 200")) {
                    failed("TLS", answer);
                }
            } catch (GeneralSecurityException e) {
                failed("TLS", e.toString());
            }
            done.increment();
        }
    }

    private final class Sender {
        private final String question;
        private final byte[] request;
        private @Nullable Socket socket;

        Sender(String question) {
            String[] words = question.split(" ");
            this.question = question;
            this.request = "GET %s HTTP/1.1\r\nhost: %s\r\n\r\n"
                    .formatted(words[1], words[0])
                    .getBytes(StandardCharsets.US_ASCII);
        }

        void run() {
            while (!stopped.get()) {
                LockSupport.parkNanos(PAUSE.toNanos());
                try {
                    ask();
                } catch (IOException | RuntimeException e) {
                    failed(question, e.toString());
                    end();
                }
                done.increment();
            }
            end();
        }

        private void ask() throws IOException {
            if (socket == null) {
                socket = new Socket(plain.getAddress(), plain.getPort());
                socket.setTcpNoDelay(true);
                socket.setSoTimeout((int) LONGEST.toMillis());
            }
            socket.getOutputStream().write(request);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Reply reply = Reply.read(in, "GET");
            String inner = question.contains("/fetch") ? "200 " : "";
            if (reply.status() != 200 || !reply.complete() || !reply.body().startsWith(inner)) {
                failed(question, reply.status() + " " + reply.body());
            }
            if (!reply.field("x-change").equals("-")) {
                marks.add(reply.field("x-change"));
            }
            if (reply.field("connection").equals("close")) {
                end();
            }
        }

        private void end() {
            try (Socket _ = socket) {
                socket = null;
            } catch (IOException _) {
                // It is gone either way.
            }
        }
    }
}
