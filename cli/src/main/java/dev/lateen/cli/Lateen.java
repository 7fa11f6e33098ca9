package dev.lateen.cli;

import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command `lateen`, which is also `istioctl`: where a process starts, and the table of its verbs.
///
/// Exit status: 0 done, 1 the work failed or found something wrong, 2 the command line is not understood.
@Command(
        name = "lateen",
        description = "A service mesh that takes Istio's configuration unchanged.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.Provider.class,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            DownCommand.class,
            ValidateCommand.class,
            AnalyzeCommand.class,
            ControlPlaneCommand.class,
            ProxyCommand.class,
            AgentCommand.class,
            ProxyStatusCommand.class,
            ProxyConfigCommand.class,
            CanCommand.class,
            ExplainCommand.class,
            RouteCommand.class,
            StatusCommand.class,
            TapCommand.class,
            TopCommand.class,
            StatCommand.class,
            EdgesCommand.class,
            CheckCommand.class,
            WaitCommand.class,
            AdminCommand.class,
            BugReportCommand.class,
            RemoteSecretCommand.class,
            AuthnCommand.class,
            ExperimentalCommand.class,
            CaCommand.class,
            DashboardCommand.class,
            TraceCommand.class,
            QuotaCommand.class,
            IptablesCommand.class,
            CniCommand.class,
            KubeInjectCommand.class,
            InstallCommand.class,
            UpgradeCommand.class,
            UninstallCommand.class,
            VerifyInstallCommand.class,
            TagCommand.class,
            ManifestCommand.class,
            ProfileCommand.class,
            VersionCommand.class,
            CompletionCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  lateen demo                 a shop of three services with a live view",
            "  lateen up shop/             run the manifests of a directory as a mesh on this machine",
            "  lateen validate -f shop/    say what is wrong with them, with file, line and advice",
            "  lateen analyze shop/        say what is wrong with them together, in Istio's messages",
            "  lateen proxy-status         which proxies are connected and up to date",
            "  lateen can deploy/order-service GET user-service/api/users"
        })
public final class Lateen implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] arguments) {
        ExitStatus.installSignalHandling();
        int status = 1;
        try {
            String name = Optional.ofNullable(System.getenv("LATEEN_COMMAND")).orElse("lateen");
            status = commandLine(name).execute(arguments);
        } catch (OutOfMemoryError | StackOverflowError failure) {
            // Left to itself the JVM would end as if all had gone well: the shutdown hook says so.
            System.err.println("lateen: " + failure);
        }
        ExitStatus.exit(status);
    }

    /// The command line with all its verbs, under the name that it was started by.
    static CommandLine commandLine(String name) {
        CommandLine commandLine = new CommandLine(new Lateen()).setCommandName(name);
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler(new UsageErrors());
        commandLine.setExecutionExceptionHandler((failure, line, _) -> {
            line.getErr().println(line.getColorScheme().errorText(name + ": " + Failures.describe(failure)));
            return 1;
        });
        return commandLine;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
