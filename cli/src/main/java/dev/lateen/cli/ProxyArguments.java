package dev.lateen.cli;

import dev.lateen.proxy.bootstrap.MachineFiles;
import dev.lateen.proxy.config.Decoded;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// What the container of a proxy is told, read by hand: the library that reads the options of the other verbs
/// would cost every sidecar memory, and is not on its class path. Names are those of Istio's agent and of
/// Envoy.
///
/// Thread: any (immutable).
///
/// @param file a bootstrap; without it the environment is Istio's
/// @param router whether this is a gateway
/// @param domain the DNS domain of the pod
/// @param logLevel of Envoy
/// @param componentLogLevel of its parts; empty for all alike
record ProxyArguments(
        Optional<Path> file,
        OptionalInt concurrency,
        boolean router,
        Optional<String> domain,
        String logLevel,
        String componentLogLevel) {

    /// Empty where they are not understood, or ask for help.
    static Optional<ProxyArguments> parse(String[] arguments, PrintStream errors) {
        Map<String, String> values = new HashMap<>();
        boolean router = false;
        for (int i = 0; i < arguments.length; i++) {
            int equals = arguments[i].startsWith("-") ? arguments[i].indexOf('=') : -1;
            String name = equals < 0 ? arguments[i] : arguments[i].substring(0, equals);
            switch (name) {
                case "proxy" -> {} // what injected containers are told, as Istio's image is
                case "sidecar" -> router = false;
                case "router" -> router = true;
                case "-h", "--help" -> {
                    return Optional.empty();
                }
                case "--log_as_json" -> {}
                case "--proxyLogLevel",
                        "--proxyComponentLogLevel",
                        "--log_output_level",
                        "--stsPort",
                        "--outlierLogPath",
                        "-c",
                        "--config-path",
                        "--concurrency",
                        "--domain" -> {
                    if (equals < 0 && i + 1 == arguments.length) {
                        errors.println("lateen proxy: " + name + " needs a value");
                        return Optional.empty();
                    }
                    String value = equals < 0 ? arguments[++i] : arguments[i].substring(equals + 1);
                    values.put(name.equals("-c") ? "--config-path" : name, value);
                }
                default -> {
                    errors.println("lateen proxy: unknown option '" + arguments[i] + "'");
                    return Optional.empty();
                }
            }
        }
        String concurrency = values.getOrDefault("--concurrency", "");
        if (!concurrency.isEmpty() && !concurrency.matches("[1-9][0-9]{0,3}")) {
            errors.println("lateen proxy: --concurrency: '" + concurrency + "' (expected: a number from 1)");
            return Optional.empty();
        }
        return Optional.of(new ProxyArguments(
                Optional.ofNullable(values.get("--config-path")).map(Path::of),
                concurrency.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(concurrency)),
                router,
                Optional.ofNullable(values.get("--domain")),
                values.getOrDefault("--proxyLogLevel", "warning"),
                values.getOrDefault("--proxyComponentLogLevel", "")));
    }

    /// The process's environment, what the arguments say that belongs there, and what the files of a machine outside
    /// say.
    Decoded<Map<String, String>> environment() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        domain.ifPresent(text -> environment.put("DNS_DOMAIN", text));
        return file.isPresent()
                ? new Decoded.Ok<>(Map.copyOf(environment))
                : MachineFiles.complete(environment, Path.of(""));
    }
}
