package dev.lateen.cli;

import dev.lateen.local.agent.Agent;
import dev.lateen.local.agent.AgentOptions;
import dev.lateen.local.agent.EnvoyBinary;
import dev.lateen.local.agent.ProxylessAgent;
import dev.lateen.proxy.config.Decoded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where the container of an Envoy starts: `lateen agent` with the arguments that injection gives to a proxy,
/// whichever it is. Envoy is on the PATH.
///
/// Thread: main.
public final class AgentMain {
    private AgentMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        Optional<ProxyArguments> parsed = ProxyArguments.parse(arguments, System.err);
        if (parsed.isEmpty() || parsed.get().file().isPresent()) {
            System.err.println("Usage: proxy sidecar|router [--domain NAME] [--concurrency N] [--proxyLogLevel LEVEL]"
                    + " [--proxyComponentLogLevel PART:LEVEL]; the environment is Istio's");
            System.exit(2);
        }
        System.exit(run(parsed.get()));
    }

    private static int run(ProxyArguments arguments) throws InterruptedException {
        try {
            Map<String, String> environment = environment(arguments);
            if (ProxylessAgent.isAsked(environment)) {
                ProxylessAgent agent = ProxylessAgent.start(environment, Path.of(""));
                Runtime.getRuntime().addShutdownHook(new Thread(agent::shutdown));
                agent.await();
                return 0;
            }
            Agent agent = Agent.start(new AgentOptions(
                    EnvoyBinary.require(Path.of("")),
                    arguments.router(),
                    arguments.concurrency(),
                    arguments.logLevel(),
                    arguments.componentLogLevel(),
                    Optional.empty(),
                    environment,
                    Path.of("")));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> endBySignal(agent)));
            return agent.await();
        } catch (IOException | IllegalArgumentException | IllegalStateException failure) {
            System.err.println("agent: " + failure.getMessage());
            return 1;
        }
    }

    private static Map<String, String> environment(ProxyArguments arguments) {
        return switch (arguments.environment()) {
            case Decoded.Ok<Map<String, String>>(var environment) -> environment;
            case Decoded.Rejected<Map<String, String>>(var reason) -> throw new IllegalArgumentException(reason);
        };
    }

    /// A JVM that a signal ends exits with 143; having drained, we have ended as asked.
    private static void endBySignal(Agent agent) {
        if (agent.shutdown()) {
            Runtime.getRuntime().halt(0);
        }
    }
}
