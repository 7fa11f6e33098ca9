package dev.lateen.local.cni;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the plugin where it belongs while the agent runs: at each change of the node's directories, and every
/// ten seconds. Thread: one of its own.
final class PluginUpkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PluginUpkeep.class);
    private static final int SECONDS = 10;

    private final PluginFiles files;
    private final AgentNumbers numbers;
    private final WatchService changes;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closing;

    private PluginUpkeep(PluginFiles files, AgentNumbers numbers, WatchService changes) {
        this.files = files;
        this.numbers = numbers;
        this.changes = changes;
    }

    static PluginUpkeep start(NodeAgentSettings.Files settings, AgentNumbers numbers) throws IOException {
        WatchService changes = FileSystems.getDefault().newWatchService();
        for (Path directory : List.of(settings.configurations(), settings.programs())) {
            directory.register(
                    changes,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        }
        PluginUpkeep upkeep = new PluginUpkeep(new PluginFiles(settings), numbers, changes);
        Thread.ofPlatform().name("cni-files").daemon().start(upkeep::run);
        return upkeep;
    }

    private void run() {
        String said = "";
        try {
            while (!closing) {
                String problem = install();
                if (!problem.isEmpty() && !problem.equals(said)) {
                    LOG.atWarn().addKeyValue("reason", problem).log("the plugin is not on the node");
                }
                said = problem;
                WatchKey key = changes.poll(SECONDS, TimeUnit.SECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
            }
        } catch (ClosedWatchServiceException _) {
            // closing
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    private String install() {
        Optional<String> problem;
        try {
            problem = files.install();
        } catch (IOException e) {
            problem = Optional.of(e.toString());
        }
        numbers.installed(problem.isEmpty());
        return problem.orElse("");
    }

    /// Nothing is put there any more.
    @Override
    public void close() throws IOException {
        closing = true;
        changes.close();
        try {
            ended.await(SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Closes, and takes the plugin from the node.
    void remove() throws IOException {
        close();
        files.remove();
    }
}
