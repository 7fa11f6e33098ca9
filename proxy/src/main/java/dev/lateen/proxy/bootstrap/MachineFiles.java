package dev.lateen.proxy.bootstrap;

import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What a proxy on a machine outside of any platform starts from: the files that `x workload entry configure` writes,
/// where Istio's guide puts them or all in one directory. They become the environment that injection would give.
///
/// | written | Istio's place |
/// | --- | --- |
/// | `cluster.env` | `var/lib/istio/envoy/cluster.env` |
/// | `mesh.yaml` | `etc/istio/config/mesh` |
/// | `root-cert.pem` | `etc/certs/root-cert.pem` |
/// | `istio-token` | `var/run/secrets/tokens/istio-token` |
/// | `hosts` | lines of `/etc/hosts` |
///
/// Variables of the process go before those of the files. Limits: 1 MiB a file.
///
/// Thread: main.
public final class MachineFiles {
    /// The file that says where the control plane is, for a machine whose names do not.
    static final String HOSTS = "LATEEN_HOSTS_FILE";

    private static final Place VARIABLES = new Place("cluster.env", "var/lib/istio/envoy/cluster.env");
    private static final Place MESH = new Place("mesh.yaml", "etc/istio/config/mesh");
    private static final Place ROOT = new Place("root-cert.pem", "etc/certs/root-cert.pem");
    private static final Place TOKEN = new Place("istio-token", "var/run/secrets/tokens/istio-token");
    private static final long MOST_BYTES = 1 << 20;

    private final Map<String, String> environment;
    private final Path root;

    private record Place(String written, String ofIstio) {}

    private MachineFiles(Map<String, String> environment, Path root) {
        this.environment = new HashMap<>(environment);
        this.root = root;
    }

    /// The environment as it is, where there are no such files.
    ///
    /// @param root the directory below which the files are
    public static Decoded<Map<String, String>> complete(Map<String, String> environment, Path root) {
        MachineFiles files = new MachineFiles(environment, root);
        return Decoded.of(() -> files.find(VARIABLES).isPresent() ? files.complete() : environment);
    }

    private Map<String, String> complete() {
        find(VARIABLES).ifPresent(file -> variables(text(file), file.toString()).forEach(this::putIfUnset));
        find(MESH).ifPresent(file -> mesh(file).ifPresent(json -> putIfUnset("PROXY_CONFIG", json)));
        find(TOKEN).ifPresent(file -> putIfUnset("LATEEN_TOKEN_FILE", file.toString()));
        find(ROOT).ifPresent(file -> {
            putIfUnset("XDS_ROOT_CA", file.toString());
            putIfUnset("CA_ROOT_CA", file.toString());
        });
        if (Files.isReadable(root.resolve("hosts")) && Files.isReadable(root.resolve(VARIABLES.written()))) {
            putIfUnset(HOSTS, "hosts");
        }
        putIfUnset("POD_NAME", machineName());
        putIfUnset("INSTANCE_IP", environment.getOrDefault("ISTIO_SVC_IP", ""));
        if (environment.getOrDefault("INSTANCE_IP", "").isEmpty()) {
            environment.put("INSTANCE_IP", address());
        }
        return Map.copyOf(environment);
    }

    /// Below the root.
    private Optional<Path> find(Place place) {
        return Stream.of(place.written(), place.ofIstio())
                .map(Path::of)
                .filter(file -> Files.isRegularFile(root.resolve(file)))
                .findFirst();
    }

    private void putIfUnset(String name, String value) {
        if (environment.getOrDefault(name, "").isEmpty()) {
            environment.put(name, value);
        }
    }

    /// Lines `NAME='value'`, as a shell reads them.
    static Map<String, String> variables(String text, String file) {
        Map<String, String> read = new LinkedHashMap<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String stripped = line.strip();
            if (stripped.isEmpty() || stripped.startsWith("#")) {
                continue;
            }
            int equals = stripped.indexOf('=');
            if (equals <= 0 || !stripped.substring(0, equals).matches("[A-Za-z_][A-Za-z0-9_]*")) {
                throw new Refusal(file + ":" + number + ": '" + stripped + "' (expected: NAME='value')");
            }
            read.put(stripped.substring(0, equals), unquoted(stripped.substring(equals + 1)));
        }
        return read;
    }

    private static String unquoted(String text) {
        boolean single = text.length() >= 2 && text.startsWith("'") && text.endsWith("'");
        boolean twice = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        String inner = single || twice ? text.substring(1, text.length() - 1) : text;
        return single ? inner.replace("'\\''", "'") : inner;
    }

    private Optional<String> mesh(Path file) {
        if (!(YamlToJson.tree(text(file), file.toString()) instanceof Map<?, ?> tree)) {
            throw new Refusal(file + ": a mapping is expected, with defaultConfig");
        }
        return Optional.ofNullable(tree.get("defaultConfig")).map(config -> YamlToJson.json(config, file.toString()));
    }

    private String text(Path file) {
        Path place = root.resolve(file);
        try {
            if (Files.size(place) > MOST_BYTES) {
                throw new Refusal(file + ": larger than 1 MiB");
            }
            return Files.readString(place);
        } catch (IOException e) {
            throw new Refusal(file + ": cannot be read: " + e.getMessage());
        }
    }

    private static String machineName() {
        try {
            String name = InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
            int dot = name.indexOf('.');
            return dot > 0 ? name.substring(0, dot) : name;
        } catch (IOException e) {
            throw new Refusal("the machine's name is not known: " + e.getMessage() + "; set POD_NAME");
        }
    }

    /// The first that others can reach, of version 4 where there is one.
    private static String address() {
        try {
            List<InetAddress> own = NetworkInterface.networkInterfaces()
                    .filter(MachineFiles::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .toList();
            return own.stream()
                    .filter(address -> address.getAddress().length == 4)
                    .findFirst()
                    .or(() -> own.stream().findFirst())
                    .map(InetAddress::getHostAddress)
                    .orElseThrow(() -> new Refusal("this machine has no address that others can reach;"
                            + " set INSTANCE_IP, or give --internalIP when its files are made"));
        } catch (SocketException e) {
            throw new Refusal("the machine's addresses are not known: " + e.getMessage() + "; set INSTANCE_IP");
        }
    }

    private static boolean isUp(NetworkInterface one) {
        try {
            return one.isUp();
        } catch (SocketException _) {
            return false;
        }
    }

    /// Where a name leads by lines like those of `/etc/hosts`; the name itself where they do not say.
    static String lookUp(Path hosts, String name) {
        try {
            return Files.readAllLines(hosts).stream()
                    .map(line -> line.replaceFirst("#.*", "").strip().split("\\s+"))
                    .filter(words ->
                            words.length > 1 && Stream.of(words).skip(1).anyMatch(name::equals))
                    .map(words -> words[0])
                    .findFirst()
                    .orElse(name);
        } catch (IOException e) {
            throw new Refusal(hosts + ": cannot be read: " + e.getMessage());
        }
    }
}
