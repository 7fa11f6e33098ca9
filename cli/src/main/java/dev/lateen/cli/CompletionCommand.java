package dev.lateen.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `completion`: a script that makes a shell complete verbs and options, under the name that the command was called by.
@Command(
        name = "completion",
        description = "Print a script that makes a shell complete this command's verbs and options.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  source <(${ROOT-COMMAND-NAME} completion bash)",
            "  source <(${ROOT-COMMAND-NAME} completion zsh)",
            "  ${ROOT-COMMAND-NAME} completion fish | source"
        },
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1", paramLabel = "SHELL", description = "bash, zsh or fish.")
    private String shell = "";

    @Override
    public Integer call() {
        CommandLine root = spec.root().commandLine();
        PrintWriter out = spec.commandLine().getOut();
        out.print(
                switch (shell.toLowerCase(Locale.ROOT)) {
                    case "bash", "zsh" -> AutoComplete.bash(root.getCommandName(), root);
                    case "fish" -> FishCompletion.of(root);
                    default ->
                        throw new ParameterException(
                                spec.commandLine(), "no completion for '" + shell + "' (expected: bash, zsh or fish)");
                });
        out.flush();
        return 0;
    }
}
