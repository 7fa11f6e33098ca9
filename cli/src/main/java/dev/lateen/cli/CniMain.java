package dev.lateen.cli;

import java.util.Arrays;
import picocli.CommandLine;

/// Where the agent of a node starts: `lateen cni` by itself, without the other verbs, whose libraries are not
/// in its image.
///
/// Thread: main.
public final class CniMain {
    private CniMain() {}

    public static void main(String[] arguments) {
        ExitStatus.installSignalHandling();
        CommandLine command = new CommandLine(new CniCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(new UsageErrors());
        boolean named = arguments.length > 0
                && (arguments[0].equals(command.getCommandName())
                        || Arrays.asList(command.getCommandSpec().aliases()).contains(arguments[0]));
        ExitStatus.exit(command.execute(named ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments));
    }
}
