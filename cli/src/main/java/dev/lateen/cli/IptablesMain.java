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
        boolean cleans = arguments.length > 0 && arguments[0].equals("istio-clean-iptables");
        String[] options = named || cleans ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments.clone();
        if (cleans) {
            options = Arrays.copyOf(options, options.length + 1);
            options[options.length - 1] = "--cleanup-only";
        }
        System.exit(command.execute(options));
    }
}
