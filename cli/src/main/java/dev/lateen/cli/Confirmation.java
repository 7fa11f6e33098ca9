package dev.lateen.cli;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The option `-y` of commands that change a cluster: without it they ask whoever sits at the terminal.
final class Confirmation {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-y", "--skip-confirmation"},
            description = "Do not ask. Without a terminal nobody can be asked: then it is needed.")
    private boolean given;

    /// @param plan what would be done, in a sentence
    @SuppressWarnings("SystemConsoleNull") // the other checker of nulls asks for it
    boolean agrees(String plan) throws IOException {
        if (given) {
            return true;
        }
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            throw new IOException(plan + " There is no terminal to ask at: give -y to go on.");
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(plan + " Proceed? (y/N) ");
        out.flush();
        String answer = console.readLine();
        boolean agreed = answer != null
                && answer.strip().toLowerCase(java.util.Locale.ROOT).matches("y|yes");
        if (!agreed) {
            out.println("Cancelled, nothing was changed.");
            out.flush();
        }
        return agreed;
    }
}
