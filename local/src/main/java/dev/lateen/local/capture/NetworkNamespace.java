package dev.lateen.local.capture;

import dev.lateen.local.process.Child;
import dev.lateen.local.process.ChildCommand;
import dev.lateen.local.process.Children;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A network and mount namespace without a name: it lives as long as the process that holds it, and its interfaces and
/// rules vanish with it. So a crash leaves nothing to clean up.
///
/// Thread: any.
final class NetworkNamespace {
    private static final Duration LONGEST_START = Duration.ofSeconds(10);
    private static final String HOLDER = "sleep";

    private final Child holder;

    private NetworkNamespace(Child holder) {
        this.holder = holder;
    }

    /// @param hosts shown in it as /etc/hosts
    static NetworkNamespace create(Children children, String name, Path hosts, Path directory) {
        String script = "mount --bind \"$0\" /etc/hosts && ip link set lo up && exec sleep infinity";
        List<String> words = List.of(
                "unshare", "--net", "--mount", "--propagation", "private", "/bin/sh", "-c", script, hosts.toString());
        Path log = directory.resolve(name + ".namespace.log");
        NetworkNamespace namespace =
                new NetworkNamespace(children.start(ChildCommand.of(name + "/namespace", words, directory, log)));
        namespace.awaitHeld(log);
        return namespace;
    }

    long pid() {
        return holder.pid();
    }

    /// Words in front of a command that is to run inside. It starts in the root directory.
    List<String> prefix() {
        String namespaces = "/proc/" + pid() + "/ns/";
        return List.of("nsenter", "--net=" + namespaces + "net", "--mount=" + namespaces + "mnt", "--");
    }

    void run(String... words) {
        run(List.of(words), "");
    }

    void run(List<String> words, String input) {
        List<String> all = new ArrayList<>(prefix());
        all.addAll(words);
        Command.run(all, input);
    }

    void close() {
        holder.kill();
    }

    /// Everything is in place once the shell has become the holder.
    private void awaitHeld(Path log) {
        long deadline = System.nanoTime() + LONGEST_START.toNanos();
        Path command = Path.of("/proc/" + pid() + "/comm");
        while (holder.alive() && System.nanoTime() < deadline) {
            try {
                if (Files.readString(command).strip().equals(HOLDER)) {
                    return;
                }
                Thread.sleep(Duration.ofMillis(5));
            } catch (IOException _) {
                break; // it has ended
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new IllegalStateException("a network namespace cannot be made, see " + log
                + " (transparent capture needs root and the packages iproute2, iptables and util-linux)");
    }
}
