package dev.lateen.local.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Starts processes that end when we do, however we end.
///
/// Three nets, since each has a hole: `close()` for an orderly end; the kernel's parent-death signal for the child
/// itself when we crash; a watchdog that outlives us, sees its pipe close and kills what the child started in turn.
/// The parent-death signal is tied to the thread that forked, not to the process: so one thread that lives as long
/// as we do starts all children.
///
/// Thread: any.
public final class Children implements AutoCloseable {
    private final ExecutorService starter = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon(true).name("child-starter").factory());
    private final Optional<Path> setsid = onPath("setsid");
    private final Optional<Path> setpriv = onPath("setpriv");
    private final Watchdog watchdog;

    public Children() {
        this.watchdog = onStarter(() -> Watchdog.start(setsid));
    }

    /// Starts a process.
    ///
    /// @throws UncheckedIOException when the command cannot be started; the message names it
    public Child start(ChildCommand command) {
        return onStarter(() -> {
            ProcessBuilder builder = new ProcessBuilder(words(command))
                    .directory(command.directory().toFile());
            builder.redirectErrorStream(true);
            builder.redirectInput(Redirect.from(new File("/dev/null")));
            Files.createDirectories(command.log().toAbsolutePath().getParent());
            builder.redirectOutput(Redirect.appendTo(command.log().toFile()));
            command.withheld().forEach(builder.environment()::remove);
            builder.environment().putAll(command.environment());
            Process process = builder.start();
            watchdog.guard(process.pid());
            var _ = process.onExit().thenRun(() -> watchdog.release(process.pid()));
            return new Child(command.name(), process);
        });
    }

    /// Runs a command once all children are gone, however we end; it may fail without consequences.
    ///
    /// @param command without line breaks
    public void atEnd(List<String> command) {
        watchdog.last(command);
    }

    /// Kills what is left; orderly ends are the callers' business.
    @Override
    public void close() {
        watchdog.close();
        starter.shutdown();
    }

    /// The first executable of that name on PATH.
    public static Optional<Path> onPath(String name) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path candidate = Path.of(directory.isEmpty() ? "." : directory, name);
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /// The nets first, then the place, then the user: entering a namespace needs the rights that the user gives up.
    private List<String> words(ChildCommand command) {
        List<String> words = new ArrayList<>();
        setsid.ifPresent(tool -> words.add(tool.toString()));
        words.addAll(command.prefix());
        if (!command.prefix().isEmpty()) {
            // Whoever enters a mount namespace arrives in its root directory.
            words.addAll(List.of("env", "--chdir=" + command.directory().toAbsolutePath()));
        }
        if (setpriv.isPresent()) {
            words.add(setpriv.get().toString());
            words.addAll(List.of("--pdeathsig", "KILL"));
            command.user().ifPresent(user -> words.addAll(identity(user)));
            words.add("--");
        } else if (command.user().isPresent()) {
            throw new IllegalStateException(command.name() + " must run as another user, and setpriv is missing"
                    + " (it is in the package util-linux)");
        }
        words.addAll(command.command());
        return words;
    }

    private static List<String> identity(ChildCommand.RunAs user) {
        List<String> words = new ArrayList<>(
                List.of("--reuid", Integer.toString(user.uid()), "--regid", Integer.toString(user.gid())));
        words.addAll(List.of("--clear-groups", "--no-new-privs"));
        List<String> kept = new ArrayList<>();
        if (user.readsEverything()) {
            kept.add("+dac_read_search");
        }
        if (user.setsNetwork()) {
            kept.add("+net_admin");
        }
        String rights = String.join(",", kept);
        words.addAll(
                kept.isEmpty()
                        ? List.of("--inh-caps", "-all", "--bounding-set", "-all")
                        : List.of("--inh-caps", rights, "--ambient-caps", rights));
        return words;
    }

    private <T> T onStarter(StartStep<T> step) {
        try {
            return starter.submit(step::run).get();
        } catch (ExecutionException failure) {
            throw switch (failure.getCause()) {
                case IOException broken -> new UncheckedIOException(broken);
                case RuntimeException broken -> broken;
                case null, default -> new IllegalStateException(failure);
            };
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting a process", interrupted);
        }
    }

    private interface StartStep<T> {
        T run() throws IOException;
    }
}
