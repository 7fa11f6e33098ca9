package dev.lateen.cli;

import java.util.Arrays;
import picocli.CommandLine;

/// Where the process of an init container starts: `lateen iptables` by itself, without the other verbs, whose libraries
/// are not in its image.
///
/// Thread: main.
public final class IptablesMain {
    private IptablesMain() {}

    public static void main(String[] arguments) {
        CommandLine command = new CommandLine(new IptablesCommand());
        boolean named = arguments.length > 0
                && (arguments[0].equals(command.getCommandName())
                        || Arrays.asList(command.getCommandSpec().aliases()).contains(arguments[0]));
        System.exit(command.execute(named ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments));
    }
}
