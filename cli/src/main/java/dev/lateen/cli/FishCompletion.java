package dev.lateen.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Writes completion for the fish shell, which picocli does not know: one `complete` line for each verb and option.
/// Thread: any.
final class FishCompletion {
    private final String program;
    private final StringBuilder script = new StringBuilder();

    private FishCompletion(String program) {
        this.program = program;
    }

    static String of(CommandLine root) {
        FishCompletion completion = new FishCompletion(root.getCommandName());
        completion.script.append("complete -c ").append(completion.program).append(" -f\n");
        completion.add(root, List.of());
        return completion.script.toString();
    }

    /// @param path the names, with aliases, of each verb that must have been typed
    private void add(CommandLine command, List<Set<String>> path) {
        String typed = condition(path);
        Set<CommandLine> subcommands =
                new LinkedHashSet<>(command.getSubcommands().values());
        Set<String> names = command.getSubcommands().keySet();
        String none = names.isEmpty() ? "" : "not __fish_seen_subcommand_from " + String.join(" ", names);
        for (CommandLine subcommand : subcommands) {
            String when = typed.isEmpty() ? none : typed + "; and " + none;
            line(when, " -a " + subcommand.getCommandName(), description(subcommand.getCommandSpec()));
        }
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (!option.hidden()) {
                line(typed, flags(option), first(option.description()));
            }
        }
        for (CommandLine subcommand : subcommands) {
            List<Set<String>> deeper = new ArrayList<>(path);
            deeper.add(subcommand.getCommandSpec().names());
            add(subcommand, deeper);
        }
    }

    private static String condition(List<Set<String>> path) {
        return String.join(
                "; and ",
                path.stream()
                        .map(names -> "__fish_seen_subcommand_from " + String.join(" ", names))
                        .toList());
    }

    private void line(String condition, String what, String description) {
        script.append("complete -c ").append(program);
        if (!condition.isEmpty()) {
            script.append(" -n ").append(quoted(condition));
        }
        script.append(what);
        if (!description.isEmpty()) {
            script.append(" -d ").append(quoted(description));
        }
        script.append('\n');
    }

    private static String flags(OptionSpec option) {
        StringBuilder flags = new StringBuilder();
        for (String name : option.names()) {
            flags.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        return flags.append(option.arity().max() > 0 ? " -r -F" : "").toString();
    }

    private static String description(CommandSpec spec) {
        return first(spec.usageMessage().description());
    }

    private static String first(String[] lines) {
        return lines.length == 0 ? "" : lines[0];
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
