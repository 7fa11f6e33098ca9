package dev.lateen.proxy.bootstrap;

import static java.lang.System.Logger.Level.WARNING;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Refusal;
import dev.lateen.proxy.overload.ConnectionLimits;
import dev.lateen.proxy.overload.OverloadConfig;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Builds the bootstrap of a pod's proxy from the environment that Istio's injection gives it.
///
/// Files are looked for where Istio mounts them, below the working directory: the token in
/// `var/run/secrets/tokens/istio-token`, the authority in `var/run/secrets/istio/root-cert.pem`, revoked
/// certificates in `var/run/secrets/istio/crl/ca-crl.pem`, labels and annotations
/// in `etc/istio/pod`. A machine outside has other files: `MachineFiles`.
///
/// Source: Istio's pilot-agent, environment variables and node metadata. Thread: main.
public final class IstioEnvironment {
    private static final System.Logger LOG = System.getLogger(IstioEnvironment.class.getName());
    private static final int DEFAULT_ADMIN_PORT = 15000;
    private static final int READINESS_PORT = 15021;
    private static final int NUMBERS_PORT = 15090;
    private static final List<Integer> AGENT_PORTS = List.of(15020, READINESS_PORT, NUMBERS_PORT);
    private static final String LOCALITY = "istio-locality";
    /// Whether the proxy ends with its last connection, which it then has to count.
    private static final String EXIT_ON_ZERO = "EXIT_ON_ZERO_ACTIVE_CONNECTIONS";
    private static final String DEFAULT_CLUSTER = "istio-proxy";
    private static final String META = "ISTIO_META_";
    private static final String DNS_CAPTURE = META + "DNS_CAPTURE";
    private static final String META_JSON = "ISTIO_METAJSON_";
    /// In the directory of Istio's pods that outlives a container.
    private static final String LEARNED_ROOTS = "var/lib/istio/data/learned-roots.pem";
    private static final String REVOCATIONS = "var/run/secrets/istio/crl/ca-crl.pem";
    private static final String DEFAULT_DISCOVERY = "istiod.istio-system.svc:15012";
    private static final String ISTIO_VERSION = "1.30.0";
    private static final Duration DEFAULT_LIFETIME = Duration.ofHours(24);
    private static final double DEFAULT_GRACE = 0.5;

    private final Map<String, String> environment;
    private final Path root;
    private final Map<String, Object> proxyConfig;

    private IstioEnvironment(Map<String, String> environment, Path root) {
        this.environment = environment;
        this.root = root;
        this.proxyConfig = PodProxyConfig.of(environment);
    }

    /// @param router whether this is a gateway
    /// @param root the directory below which Istio's files are mounted
    public static Decoded<BootstrapConfig> read(Map<String, String> environment, boolean router, Path root) {
        return Decoded.of(() -> new IstioEnvironment(environment, root).bootstrap(router));
    }

    /// A duration of `PROXY_CONFIG`, such as `drainDuration`.
    ///
    /// Errors: `Refusal` where it is none.
    public static Duration setting(Map<String, String> environment, String field, Duration otherwise) {
        Object value = PodProxyConfig.of(environment).get(field);
        return value == null ? otherwise : duration("environment variable PROXY_CONFIG: " + field, value.toString());
    }

    /// A variable, or what `proxyMetadata` says of it where injection has made no variable of that; empty for
    /// neither.
    public static String variable(Map<String, String> environment, String name) {
        String given = environment.getOrDefault(name, "");
        if (!given.isEmpty() || !(PodProxyConfig.of(environment).get("proxyMetadata") instanceof Map<?, ?> metadata)) {
            return given;
        }
        Object value = metadata.get(name);
        return value == null ? "" : value.toString();
    }

    /// The same for a duration, where a plain number means seconds.
    ///
    /// Errors: `Refusal` where it is none.
    public static Duration seconds(Map<String, String> environment, String name, Duration otherwise) {
        String text = variable(environment, name);
        return text.isEmpty()
                ? otherwise
                : duration("environment variable " + name, text.matches("[0-9]{1,9}") ? text + "s" : text);
    }

    private BootstrapConfig bootstrap(boolean router) {
        PodProxyConfig.ineffective(proxyConfig)
                .forEach(field -> LOG.log(WARNING, "PROXY_CONFIG: {0} has no effect on this proxy", field));
        Node node = ProxyVersion.in(node(router));
        ServerAddress discovery = server(configText("discoveryAddress", DEFAULT_DISCOVERY), "XDS_ROOT_CA");
        ServerAddress authority =
                server(text("CA_ADDR", configText("discoveryAddress", DEFAULT_DISCOVERY)), "CA_ROOT_CA");
        return new BootstrapConfig(
                node,
                Optional.of(admin()),
                agent(),
                SelfDiscovery.resources(node),
                Optional.of(new DiscoveryConfig(
                        new DiscoveryConfig.Target.Server(discovery),
                        !text("ISTIO_DELTA_XDS", "true").equals("false"),
                        true,
                        true,
                        variable(environment, DNS_CAPTURE).equals("true"))),
                Optional.of(new IdentityConfig(
                        authority,
                        text("TRUST_DOMAIN", "cluster.local"),
                        required("POD_NAMESPACE"),
                        text("SERVICE_ACCOUNT", "default"),
                        required("POD_NAME"),
                        keys(),
                        duration("SECRET_TTL", DEFAULT_LIFETIME),
                        graceRatio(),
                        new IdentityConfig.Files(root.resolve(LEARNED_ROOTS), root.resolve(REVOCATIONS)))),
                ConnectionLimits.standard(),
                OverloadConfig.standard());
    }

    private Node node(boolean router) {
        String pod = required("POD_NAME");
        String namespace = required("POD_NAMESPACE");
        String ip = required("INSTANCE_IP");
        Struct.Builder metadata = Struct.newBuilder();
        put(metadata, "NAME", pod);
        put(metadata, "NAMESPACE", namespace);
        put(metadata, "SERVICE_ACCOUNT", text("SERVICE_ACCOUNT", "default"));
        put(metadata, "ISTIO_VERSION", ISTIO_VERSION);
        put(metadata, "LATEEN_PROXY", "true");
        put(metadata, "INTERCEPTION_MODE", configText("interceptionMode", "REDIRECT"));
        metadata.putFields("INSTANCE_IPS", Value.newBuilder().setStringValue(ip).build());
        metadata.putFields("PROXY_CONFIG", value(proxyConfig));
        metadata.putFields("ENVOY_STATUS_PORT", value(READINESS_PORT));
        metadata.putFields("ENVOY_PROMETHEUS_PORT", value(NUMBERS_PORT));
        String last = variable(environment, EXIT_ON_ZERO);
        if (!last.isEmpty()) {
            put(metadata, EXIT_ON_ZERO, last);
        }
        podFile("labels").ifPresent(labels -> metadata.putFields("LABELS", labels));
        podFile("annotations").ifPresent(annotations -> metadata.putFields("ANNOTATIONS", annotations));
        environmentMetadata(metadata);
        Map<String, String> labels = labels(metadata);
        String locality = labels.getOrDefault(LOCALITY, "");
        String type = router ? "router" : "sidecar";
        String domain = text("DNS_DOMAIN", namespace + ".svc.cluster.local");
        return Node.newBuilder()
                .setId(type + "~" + ip + "~" + pod + "." + namespace + "~" + domain)
                .setCluster(cluster(labels, workloadName(metadata), namespace))
                .setMetadata(metadata)
                .setLocality(locality(locality))
                .build();
    }

    /// The labels; dots in a locality's stand for slashes, which labels may not have.
    private static Map<String, String> labels(Struct.Builder metadata) {
        Struct.Builder labels =
                metadata.getFieldsOrDefault("LABELS", Value.getDefaultInstance()).getStructValue().toBuilder();
        String locality =
                labels.getFieldsOrDefault(LOCALITY, Value.getDefaultInstance()).getStringValue();
        if (!locality.isEmpty() && !locality.contains("/")) {
            put(labels, LOCALITY, locality.replace('.', '/'));
            metadata.putFields(
                    "LABELS", Value.newBuilder().setStructValue(labels).build());
        }
        Map<String, String> read = new LinkedHashMap<>();
        labels.getFieldsMap().forEach((name, value) -> read.put(name, value.getStringValue()));
        return read;
    }

    private static Locality locality(String text) {
        String[] parts = text.split("/", 3);
        return Locality.newBuilder()
                .setRegion(parts[0])
                .setZone(parts.length > 1 ? parts[1] : "")
                .setSubZone(parts.length > 2 ? parts[2] : "")
                .build();
    }

    /// What traces call us: by the canonical name where `tracingServiceName` says so, else by the application's label,
    /// unless `serviceCluster` has another name than everybody's.
    private String cluster(Map<String, String> labels, String workload, String namespace) {
        String canonical = Stream.of("service.istio.io/canonical-name", "app.kubernetes.io/name", "app")
                .map(label -> labels.getOrDefault(label, ""))
                .filter(name -> !name.isEmpty())
                .findFirst()
                .orElse(workload);
        return switch (configText("tracingServiceName", "")) {
            case "CANONICAL_NAME_ONLY" -> canonical;
            case "CANONICAL_NAME_AND_NAMESPACE" -> canonical + "." + namespace;
            default -> {
                String app = labels.getOrDefault("app", "");
                String given = configText("serviceCluster", DEFAULT_CLUSTER);
                yield given.equals(DEFAULT_CLUSTER) && !app.isEmpty() ? app + "." + namespace : given;
            }
        };
    }

    private static String workloadName(Struct.Builder metadata) {
        String name = metadata.getFieldsOrDefault("WORKLOAD_NAME", Value.getDefaultInstance())
                .getStringValue();
        return name.isEmpty() ? DEFAULT_CLUSTER : name;
    }

    /// `ISTIO_META_X` is text, `ISTIO_METAJSON_X` a JSON tree; some of Istio's own text variables hold JSON too.
    private void environmentMetadata(Struct.Builder metadata) {
        if (proxyConfig.get("proxyMetadata") instanceof Map<?, ?> given) {
            given.forEach((name, value) -> {
                if (value != null && String.valueOf(name).startsWith(META)) {
                    put(metadata, String.valueOf(name).substring(META.length()), value.toString());
                }
            });
        }
        environment.forEach((name, text) -> {
            if (name.startsWith(META_JSON)) {
                metadata.putFields(name.substring(META_JSON.length()), json(name, text));
            } else if (name.startsWith(META)) {
                put(metadata, name.substring(META.length()), text);
            }
        });
    }

    private static void put(Struct.Builder metadata, String key, String text) {
        metadata.putFields(key, Value.newBuilder().setStringValue(text).build());
    }

    private static Value json(String name, String text) {
        try {
            Value.Builder value = Value.newBuilder();
            JsonFormat.parser().merge(text, value);
            return value.build();
        } catch (InvalidProtocolBufferException e) {
            throw new Refusal("environment variable " + name + ": not valid JSON: " + e.getMessage());
        }
    }

    /// The downward API's form: a line for each entry, `key="value"`.
    private Optional<Value> podFile(String name) {
        Path file = root.resolve("etc/istio/pod").resolve(name);
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        Struct.Builder entries = Struct.newBuilder();
        try {
            for (String line : Files.readAllLines(file)) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    String quoted = line.substring(equals + 1);
                    Object text = YamlToJson.tree(quoted, file.toString());
                    put(entries, line.substring(0, equals), String.valueOf(text));
                }
            }
        } catch (IOException e) {
            throw new Refusal(file + ": cannot be read: " + e.getMessage());
        }
        return Optional.of(Value.newBuilder().setStructValue(entries).build());
    }

    private SocketAddress admin() {
        String host = text("LATEEN_ADMIN_ADDRESS", "127.0.0.1");
        int port = DEFAULT_ADMIN_PORT;
        if (proxyConfig.get("proxyAdminPort") instanceof Number number) {
            port = number.intValue();
        }
        if (NetUtil.createByteArrayFromIpAddressString(host) == null) {
            throw new Refusal("environment variable LATEEN_ADMIN_ADDRESS: '" + host + "' (expected: an IP address)");
        }
        return new InetSocketAddress(host, port);
    }

    /// Status, gateway health and numbers, where Istio's probes and scrapers look for them.
    private List<SocketAddress> agent() {
        String host = text("LATEEN_ADMIN_ADDRESS", "0.0.0.0");
        return AGENT_PORTS.stream()
                .<SocketAddress>map(port -> new InetSocketAddress(host, port))
                .toList();
    }

    private ServerAddress server(String address, String rootVariable) {
        ServerAddress.HostAndPort target = ServerAddress.parse(address, ServerAddress.XDS_TLS_PORT)
                .orElseThrow(() -> new Refusal("control plane address '" + address + "' (expected: host:port)"));
        boolean plain = configText("controlPlaneAuthPolicy", "MUTUAL_TLS").equals("NONE");
        Path token = root.resolve(text("LATEEN_TOKEN_FILE", "var/run/secrets/tokens/istio-token"));
        String hosts = text(MachineFiles.HOSTS, "");
        return new ServerAddress(
                hosts.isEmpty() ? target.host() : MachineFiles.lookUp(root.resolve(hosts), target.host()),
                target.port(),
                plain ? Optional.empty() : Optional.of(rootCertificate(rootVariable)),
                target.host(),
                Optional.of(token));
    }

    private Path rootCertificate(String variable) {
        String given = environment.get(variable);
        if (given != null && !given.isEmpty()) {
            return root.resolve(given);
        }
        return text("PILOT_CERT_PROVIDER", "istiod").equals("kubernetes")
                ? root.resolve("var/run/secrets/kubernetes.io/serviceaccount/ca.crt")
                : root.resolve("var/run/secrets/istio/root-cert.pem");
    }

    private static Value value(Object tree) {
        return switch (tree) {
            case Map<?, ?> map -> {
                Struct.Builder struct = Struct.newBuilder();
                map.forEach((key, inner) -> {
                    if (inner != null) {
                        struct.putFields(String.valueOf(key), value(inner));
                    }
                });
                yield Value.newBuilder().setStructValue(struct).build();
            }
            case List<?> list -> {
                ListValue.Builder values = ListValue.newBuilder();
                list.forEach(inner -> values.addValues(value(inner)));
                yield Value.newBuilder().setListValue(values).build();
            }
            case Boolean flag -> Value.newBuilder().setBoolValue(flag).build();
            case Number number ->
                Value.newBuilder().setNumberValue(number.doubleValue()).build();
            default -> Value.newBuilder().setStringValue(tree.toString()).build();
        };
    }

    private WorkloadKeys keys() {
        String algorithm = variable(environment, "ECC_SIGNATURE_ALGORITHM");
        String curve = variable(environment, "ECC_CURVE");
        String bits = variable(environment, "WORKLOAD_RSA_KEY_SIZE");
        return WorkloadKeys.ofIstio(algorithm, curve, bits)
                .orElseThrow(() -> new Refusal("environment variables ECC_SIGNATURE_ALGORITHM, ECC_CURVE and"
                        + " WORKLOAD_RSA_KEY_SIZE: '" + algorithm + "', '" + curve + "' and '" + bits
                        + "' (expected: ECDSA or nothing, P256 or P384, 2048, 3072 or 4096)"));
    }

    private double graceRatio() {
        String text = text("SECRET_GRACE_PERIOD_RATIO", String.valueOf(DEFAULT_GRACE));
        try {
            double ratio = Double.parseDouble(text);
            if (ratio > 0 && ratio < 1) {
                return ratio;
            }
        } catch (NumberFormatException _) {
            // Refused below with the others.
        }
        throw new Refusal("environment variable SECRET_GRACE_PERIOD_RATIO: '" + text + "' (expected: between 0 and 1)");
    }

    private Duration duration(String variable, Duration otherwise) {
        String text = environment.getOrDefault(variable, "");
        return text.isEmpty() ? otherwise : duration("environment variable " + variable, text);
    }

    /// Go's form, such as `24h0m0s`, `90s` or `0.5s`.
    ///
    /// @param where whose value it is, for errors
    static Duration duration(String where, String text) {
        try {
            return Duration.parse("PT" + text.strip().toUpperCase(java.util.Locale.ROOT));
        } catch (java.time.format.DateTimeParseException _) {
            throw new Refusal(where + ": '" + text + "' (expected: such as 24h or 90s)");
        }
    }

    private String required(String variable) {
        String value = environment.getOrDefault(variable, "");
        if (value.isEmpty()) {
            throw new Refusal("environment variable " + variable
                    + " is not set; give a bootstrap file with -c, or Istio's environment");
        }
        return value;
    }

    private String text(String variable, String otherwise) {
        String value = environment.getOrDefault(variable, "");
        return value.isEmpty() ? otherwise : value;
    }

    private String configText(String field, String otherwise) {
        Object value = proxyConfig.get(field);
        return value == null ? otherwise : value.toString();
    }
}
