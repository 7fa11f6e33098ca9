package dev.lateen.local.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildrenIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory = Path.of("");

    private ChildCommand shell(String script) {
        return ChildCommand.of("child", List.of("/bin/sh", "-c", script), directory, directory.resolve("log"));
    }

    @Test
    void endsOnSigtermWithinItsGrace() {
        try (Children children = new Children()) {
            Child child = children.start(shell("exec sleep 1000"));

            child.stop(Duration.ofSeconds(10));

            assertThat(child.alive()).isFalse();
        }
    }

    @Test
    void killsAChildThatIgnoresSigterm() {
        try (Children children = new Children()) {
            Child child = children.start(shell("trap '' TERM; while :; do sleep 0.1; done"));

            child.stop(Duration.ofMillis(100));

            assertThat(child.alive()).isFalse();
        }
    }

    @Test
    void writesOutputToTheLog() throws IOException {
        try (Children children = new Children()) {
            Child child = children.start(shell("echo \"hello $WHO\"").withEnvironment(Map.of("WHO", "mesh")));
            child.ended().join();
        }

        assertThat(directory.resolve("log")).hasContent("hello mesh");
    }

    @Test
    void startsAgainWhatEnds() {
        AtomicInteger ends = new AtomicInteger();
        try (Children children = new Children()) {
            Supervised supervised = new Supervised(children, () -> shell("exit 3"), new Supervised.Listener() {
                        @Override
                        public void started(Child child) {}

                        @Override
                        public void ended(Child child, int status, Duration nextStartIn) {
                            ends.addAndGet(status == 3 ? 1 : 0);
                        }

                        @Override
                        public void notStarted(String reason) {}
                    })
                    .start();
            await().atMost(SOON).until(() -> ends.get() >= 2);
            supervised.stop(Duration.ofSeconds(1));
        }
    }

    /// A parent that is killed like a crash leaves neither its child nor the child's own children behind.
    @Test
    void leavesNothingBehindWhenTheParentIsKilled() throws IOException {
        Path pids = directory.resolve("pids");
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OrphanMaker.class.getName(),
                        directory.toString())
                .inheritIO()
                .start();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Files.exists(pids) && Files.readAllLines(pids).size() == 2);
        List<Long> started =
                Files.readAllLines(pids).stream().map(Long::valueOf).toList();
        assertThat(started).allMatch(pid -> isRunning(pid));

        parent.destroyForcibly();

        await().atMost(SOON).until(() -> started.stream().noneMatch(ChildrenIT::isRunning));
    }

    /// A dead process whose new parent has not asked for its status yet has no command any more.
    private static boolean isRunning(long pid) {
        return ProcessHandle.of(pid)
                .map(one -> one.isAlive() && one.info().command().isPresent())
                .orElse(false);
    }

    /// Starts a shell with a child of its own and waits to be killed.
    static final class OrphanMaker {
        public static void main(String[] arguments) throws InterruptedException {
            Path directory = Path.of(arguments[0]);
            Children children = new Children();
            children.start(ChildCommand.of(
                    "child",
                    List.of("/bin/sh", "-c", "sleep 1000 & echo $$ > t; echo $! >> t; mv t pids; wait"),
                    directory,
                    directory.resolve("log")));
            Thread.sleep(Duration.ofMinutes(5));
        }
    }
}
