package dev.lateen.local.agent;

import dev.lateen.local.process.Children;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// The Envoy beside this agent. It ends when we do, however we end: the kernel kills it when the thread that started it
/// is gone, so one thread starts it and waits for its end.
///
/// Its output comes through a pipe that belongs to our user: a log file of ours may be somebody else's, and Envoy opens
/// `/dev/stdout` anew for its access log.
///
/// Thread: any.
final class EnvoyProcess {
    private static final int PIPE_BYTES = 64 * 1024;

    private final Process process;

    private EnvoyProcess(Process process) {
        this.process = process;
    }

    /// @param words the command
    /// @param environment beside our own
    /// @throws IOException where it cannot be started
    static EnvoyProcess start(List<String> words, Map<String, String> environment, OutputStream log)
            throws IOException {
        List<String> all = new ArrayList<>();
        Optional<Path> setpriv = Children.onPath("setpriv");
        setpriv.ifPresent(tool -> all.addAll(List.of(tool.toString(), "--pdeathsig", "KILL", "--")));
        all.addAll(words);
        AtomicReference<EnvoyProcess> started = new AtomicReference<>();
        AtomicReference<IOException> failure = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        Thread.ofPlatform().name("envoy").daemon(true).start(() -> {
            try {
                ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
                builder.environment().putAll(environment);
                Process process = builder.start();
                started.set(new EnvoyProcess(process));
                done.countDown();
                pump(process.getInputStream(), log);
                process.waitFor();
            } catch (IOException e) {
                failure.set(e);
                done.countDown();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting Envoy", e);
        }
        if (started.get() == null) {
            throw new IOException("Envoy cannot be started: " + failure.get().getMessage(), failure.get());
        }
        return started.get();
    }

    private static void pump(InputStream in, OutputStream log) {
        byte[] buffer = new byte[PIPE_BYTES];
        try {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                log.write(buffer, 0, length);
                log.flush();
            }
        } catch (IOException e) {
            System.getLogger(EnvoyProcess.class.getName())
                    .log(System.Logger.Level.WARNING, "Envoy''s output is lost from here: {0}", e.getMessage());
        }
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /// Waits for its end; the exit status.
    int await() throws InterruptedException {
        return process.waitFor();
    }

    /// SIGTERM, and SIGKILL where it does not end within `grace`.
    void stop(Duration grace) {
        process.toHandle().destroy(); // Process.destroy would close the pipe before the last lines are out
        try {
            if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                process.waitFor();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
