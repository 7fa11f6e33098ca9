package dev.lateen.cli;

import dev.lateen.proxy.ProxyOptions;
import dev.lateen.proxy.ProxyOptions.Role;
import dev.lateen.proxy.ProxyProcess;
import dev.lateen.proxy.config.Decoded;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;

/// Where a process of `lateen proxy` starts.
///
/// Thread: main.
public final class ProxyMain {
    private static final String USAGE = """
            Usage: lateen proxy [sidecar|router] [-c FILE] [--concurrency N]
            Run a proxy: a sidecar or a gateway (router).

              -c, --config-path FILE   an Envoy v3 bootstrap in YAML or JSON; without it the environment is Istio's
                                       (POD_NAME, POD_NAMESPACE, INSTANCE_IP, PROXY_CONFIG, ISTIO_META_…), or the
                                       files that `lateen x workload entry configure` writes are in this directory
                  --concurrency N      event loops (default: one for each processor)
                  --domain NAME        the DNS domain of the pod (default: NAMESPACE.svc.cluster.local)
                  --proxyLogLevel, --proxyComponentLogLevel, --log_output_level, --log_as_json, --stsPort, --outlierLogPath
                                       of Istio's agent: understood, without effect
              -h, --help               this text

            Examples:
              lateen proxy -c bootstrap.yaml --concurrency 2
              POD_NAME=a-1 POD_NAMESPACE=default INSTANCE_IP=10.0.0.7 lateen proxy sidecar
            """;

    private ProxyMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        Optional<ProxyOptions> options = parse(arguments, System.err);
        if (options.isEmpty()) {
            boolean asked = arguments.length > 0 && (arguments[0].equals("-h") || arguments[0].equals("--help"));
            (asked ? System.out : System.err).print(USAGE);
            System.exit(asked ? 0 : 2);
        } else {
            System.exit(ProxyProcess.run(options.get()));
        }
    }

    /// The options, or empty where they are not understood.
    static Optional<ProxyOptions> parse(String[] arguments, PrintStream errors) {
        return ProxyArguments.parse(arguments, errors).flatMap(parsed -> options(parsed, errors));
    }

    private static Optional<ProxyOptions> options(ProxyArguments parsed, PrintStream errors) {
        return switch (parsed.environment()) {
            case Decoded.Ok<Map<String, String>>(var environment) ->
                Optional.of(new ProxyOptions(
                        parsed.file(),
                        parsed.concurrency(),
                        parsed.router() ? Role.ROUTER : Role.SIDECAR,
                        environment));
            case Decoded.Rejected<Map<String, String>>(var reason) -> {
                errors.println("lateen proxy: " + reason);
                yield Optional.empty();
            }
        };
    }
}
