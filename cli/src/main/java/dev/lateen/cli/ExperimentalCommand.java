package dev.lateen.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `experimental`: verbs that istioctl keeps under this name.
@Command(
        name = "experimental",
        aliases = {"x", "exp"},
        description = "Verbs whose options may still change.",
        subcommands = {
            AuthzCommand.class,
            CheckInjectCommand.class,
            DescribeCommand.class,
            InjectorCommand.class,
            MetricsCommand.class,
            PrecheckCommand.class,
            PrecheckStrictCommand.class,
            WaitCommand.class,
            WorkloadCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  ${ROOT-COMMAND-NAME} x authz check deploy/order-service",
            "  ${ROOT-COMMAND-NAME} x check-inject -f shop.yaml",
            "  ${ROOT-COMMAND-NAME} x describe pod deploy/order-service",
            "  ${ROOT-COMMAND-NAME} x injector list",
            "  ${ROOT-COMMAND-NAME} x metrics order-service",
            "  ${ROOT-COMMAND-NAME} x precheck",
            "  ${ROOT-COMMAND-NAME} x precheck-strict -n default",
            "  ${ROOT-COMMAND-NAME} x workload group create --name cart -n shop"
        },
        mixinStandardHelpOptions = true)
final class ExperimentalCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
