package dev.lateen.local.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What to start, and in which surroundings.
///
/// @param name for messages, such as `user-service-v1-0/app`
/// @param environment added to our own environment, which the child inherits without `withheld`
/// @param withheld names of our own environment that the child must not see
/// @param log where its output goes, appended
/// @param user the numeric user and group it runs as; empty for ours
/// @param prefix words in front of the command that place it, such as `nsenter … --`
public record ChildCommand(
        String name,
        List<String> command,
        Map<String, String> environment,
        List<String> withheld,
        Path directory,
        Path log,
        Optional<RunAs> user,
        List<String> prefix) {
    public ChildCommand {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        withheld = List.copyOf(withheld);
        prefix = List.copyOf(prefix);
    }

    public static ChildCommand of(String name, List<String> command, Path directory, Path log) {
        return new ChildCommand(name, command, Map.of(), List.of(), directory, log, Optional.empty(), List.of());
    }

    public ChildCommand withEnvironment(Map<String, String> added) {
        return new ChildCommand(name, command, added, withheld, directory, log, user, prefix);
    }

    public ChildCommand without(List<String> names) {
        return new ChildCommand(name, command, environment, names, directory, log, user, prefix);
    }

    public ChildCommand runAs(RunAs who) {
        return new ChildCommand(name, command, environment, withheld, directory, log, Optional.of(who), prefix);
    }

    public ChildCommand within(List<String> words) {
        return new ChildCommand(name, command, environment, withheld, directory, log, user, words);
    }

    /// A user and group by number.
    ///
    /// @param readsEverything keeps the right to read files of others, for a JDK or jars below a private home
    /// @param setsNetwork keeps the right to take and use addresses of others, for TPROXY
    public record RunAs(int uid, int gid, boolean readsEverything, boolean setsNetwork) {
        /// The same with the right to read everything.
        public RunAs readingEverything() {
            return new RunAs(uid, gid, true, setsNetwork);
        }
    }
}
