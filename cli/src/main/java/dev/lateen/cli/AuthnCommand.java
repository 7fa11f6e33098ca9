package dev.lateen.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `authn`: how both ends of a connection know each other.
@Command(
        name = "authn",
        description = "Look into mutual TLS between proxies.",
        subcommands = TlsCheckCommand.class,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = "  ${ROOT-COMMAND-NAME} authn tls-check deploy/order-service user-service",
        mixinStandardHelpOptions = true)
final class AuthnCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
