package dev.lateen.cli;

import dev.lateen.proxy.ProxyOptions;
import dev.lateen.proxy.ProxyOptions.Role;
import dev.lateen.proxy.ProxyProcess;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Where a process of `lateen proxy` starts. It reads its few options by hand: the library that reads those of the
/// other verbs would cost every sidecar memory, and is not on its class path.
///
/// Thread: main.
public final class ProxyMain {
    private static final String USAGE = """
            Usage: lateen proxy [sidecar|router] [-c FILE] [--concurrency N]
            Run a proxy: a sidecar or a gateway (router).

              -c, --config-path FILE   an Envoy v3 bootstrap in YAML or JSON; without it the environment is Istio's
                                       (POD_NAME, POD_NAMESPACE, INSTANCE_IP, PROXY_CONFIG, ISTIO_META_…)
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
        Optional<Path> file = Optional.empty();
        OptionalInt concurrency = OptionalInt.empty();
        Role role = Role.SIDECAR;
        Map<String, String> environment = new HashMap<>(System.getenv());
        for (int i = 0; i < arguments.length; i++) {
            String name =
                    arguments[i].contains("=") ? arguments[i].substring(0, arguments[i].indexOf('=')) : arguments[i];
            boolean joined = name.length() < arguments[i].length();
            switch (name) {
                case "proxy" -> {} // what injected containers are told, as Istio's image is
                case "sidecar" -> role = Role.SIDECAR;
                case "router" -> role = Role.ROUTER;
                case "-h", "--help" -> {
                    return Optional.empty();
                }
                case "--log_as_json" -> {}
                case "--proxyLogLevel",
                        "--proxyComponentLogLevel",
                        "--log_output_level",
                        "--stsPort",
                        "--outlierLogPath" -> i += joined ? 0 : 1;
                case "-c", "--config-path", "--concurrency", "--domain" -> {
                    if (!joined && i + 1 == arguments.length) {
                        errors.println("lateen proxy: " + name + " needs a value");
                        return Optional.empty();
                    }
                    String value = joined ? arguments[i].substring(name.length() + 1) : arguments[++i];
                    if (name.equals("--domain")) {
                        environment.put("DNS_DOMAIN", value);
                    } else if (!name.equals("--concurrency")) {
                        file = Optional.of(Path.of(value));
                    } else if (value.matches("[1-9][0-9]{0,3}")) {
                        concurrency = OptionalInt.of(Integer.parseInt(value));
                    } else {
                        errors.println("lateen proxy: --concurrency: '" + value + "' (expected: a number from 1)");
                        return Optional.empty();
                    }
                }
                default -> {
                    errors.println("lateen proxy: unknown option '" + arguments[i] + "'");
                    return Optional.empty();
                }
            }
        }
        return Optional.of(new ProxyOptions(file, concurrency, role, Map.copyOf(environment)));
    }
}
