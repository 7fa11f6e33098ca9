package dev.lateen.cli;

import dev.lateen.local.agent.Agent;
import dev.lateen.local.agent.AgentOptions;
import dev.lateen.local.agent.EnvoyBinary;
import dev.lateen.local.agent.ProxylessAgent;
import dev.lateen.proxy.bootstrap.MachineFiles;
import dev.lateen.proxy.config.Decoded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `agent`: real Envoy as the proxy of a pod.
@Command(
        name = "agent",
        description = {
            "Run real Envoy as the proxy of a pod: a sidecar or a gateway (router); or none (grpc), for an application"
                    + " whose gRPC library speaks xDS itself.",
            "The environment is Istio's (POD_NAME, POD_NAMESPACE, INSTANCE_IP, SERVICE_ACCOUNT, PROXY_CONFIG, CA_ADDR,"
                    + " ISTIO_META_…). The agent gets the workload's certificate, serves it to Envoy on a socket file,"
                    + " writes Envoy's bootstrap, starts Envoy and ends with it. Readiness and merged numbers are on"
                    + " port 15020.",
            "On a machine outside, the files that `x workload entry configure` writes stand for the environment where"
                    + " they are in the working directory.",
            "For gRPC it writes the bootstrap to the file that GRPC_XDS_BOOTSTRAP names, keeps certificates in the"
                    + " directory OUTPUT_CERTS, and hands discovery on."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  POD_NAME=a-1 POD_NAMESPACE=default INSTANCE_IP=10.0.0.7 lateen agent sidecar",
            "  lateen agent router --concurrency 4 --proxy-log-level info",
            "  GRPC_XDS_BOOTSTRAP=/tmp/xds.json OUTPUT_CERTS=/tmp/certs POD_NAME=a-1 POD_NAMESPACE=default \\",
            "    INSTANCE_IP=127.0.0.1 lateen agent grpc"
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class AgentCommand implements Callable<Integer> {
    enum Role {
        sidecar,
        router,
        grpc
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            arity = "0..1",
            paramLabel = "ROLE",
            defaultValue = "sidecar",
            description = "sidecar, router or grpc (default: ${DEFAULT-VALUE}).")
    private Role role = Role.sidecar;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Envoy's worker threads (default: one a processor, two at most).")
    private Optional<Integer> concurrency = Optional.empty();

    @Option(
            names = "--proxy-log-level",
            paramLabel = "LEVEL",
            defaultValue = "warning",
            description = "Envoy's log level: trace, debug, info, warning, error, critical or off"
                    + " (default: ${DEFAULT-VALUE}).")
    private String logLevel = "warning";

    @Option(
            names = "--drain-time-s",
            paramLabel = "SECONDS",
            description = "How long a listener that is replaced goes on serving (default: drainDuration of"
                    + " PROXY_CONFIG, else 45).")
    private Optional<Integer> drainSeconds = Optional.empty();

    @Option(
            names = "--proxy-component-log-level",
            paramLabel = "PART:LEVEL,…",
            description = "Log levels of parts of Envoy (default: ${DEFAULT-VALUE}: a line for each field of each"
                    + " route that Envoy calls deprecated helps nobody).")
    private String componentLogLevel = "misc:error";

    @Option(
            names = "--envoy",
            paramLabel = "FILE",
            description = "Envoy's binary (default: envoy on PATH, else .lateen/tools/envoy).")
    private Optional<Path> envoy = Optional.empty();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (concurrency.filter(workers -> workers < 1).isPresent()
                || drainSeconds.filter(seconds -> seconds < 0).isPresent()) {
            throw new ParameterException(spec.commandLine(), "--concurrency and --drain-time-s want positive numbers");
        }
        if (envoy.filter(file -> !Files.isExecutable(file)).isPresent()) {
            throw new ParameterException(spec.commandLine(), envoy.get() + ": not a program");
        }
        Map<String, String> environment = environment();
        if (role == Role.grpc || ProxylessAgent.isAsked(environment)) {
            ProxylessAgent agent = ProxylessAgent.start(environment, Path.of(""));
            Shutdown.register(agent::shutdown);
            agent.await();
            return 0;
        }
        Agent agent = Agent.start(new AgentOptions(
                envoy.orElseGet(() -> EnvoyBinary.require(LateenHome.directory())),
                role == Role.router,
                concurrency.map(OptionalInt::of).orElse(OptionalInt.empty()),
                logLevel,
                componentLogLevel,
                drainSeconds.map(Duration::ofSeconds),
                environment,
                Path.of("")));
        Shutdown.register(agent::shutdown);
        return agent.await();
    }

    private Map<String, String> environment() {
        return switch (MachineFiles.complete(System.getenv(), Path.of(""))) {
            case Decoded.Ok<Map<String, String>>(var environment) -> environment;
            case Decoded.Rejected<Map<String, String>>(var reason) ->
                throw new ParameterException(spec.commandLine(), reason);
        };
    }
}
