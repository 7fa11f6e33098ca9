package dev.lateen.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says what is wrong with a command line, what was probably meant and where to read on, in a few lines: the whole help
/// would push the message off the screen. Thread: any.
final class UsageErrors implements IParameterExceptionHandler {
    private static final int STATUS = 2;

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine line = failure.getCommandLine();
        PrintWriter err = line.getErr();
        String name = line.getCommandSpec().qualifiedName();
        String message = failure.getMessage();
        if (failure instanceof UnmatchedArgumentException unmatched
                && !unmatched.isUnknownOption()
                && !line.getSubcommands().isEmpty()) {
            message = "there is no command '" + unmatched.getUnmatched().getFirst() + "'";
        }
        err.println(line.getColorScheme().errorText(name + ": " + message));
        UnmatchedArgumentException.printSuggestions(failure, err);
        err.println("See '" + name + " --help'.");
        err.flush();
        return STATUS;
    }
}
