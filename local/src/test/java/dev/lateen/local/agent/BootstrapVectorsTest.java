package dev.lateen.local.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Node;
import dev.lateen.proxy.bootstrap.BootstrapConfig;
import dev.lateen.proxy.bootstrap.IstioEnvironment;
import dev.lateen.proxy.config.Decoded;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Envoy's bootstrap against recorded ones. Conformance data is not part of this repository: LATEEN_VECTORS names its
/// place.
///
/// Not compared, since the agent works otherwise: how the control plane is reached (`xds-grpc`: its address, TLS,
/// HTTP/2's keep-alive; how soon it is asked again), where the agent's socket is (`sds-grpc`), the cluster of its
/// access-log service. Of the node: its id, which the cases choose freely, and metadata that nobody reads here
/// (`NOT_SAID`, each label and annotation by itself).
@Tag("bootstrap")
class BootstrapVectorsTest {
    private static final Path VECTORS = Path.of(
                    Optional.ofNullable(System.getenv("LATEEN_VECTORS")).orElse("../../shared/vectors"))
            .resolve("bootstrap");
    /// They ask for parts that only Istio's build of Envoy has: its discovery of workloads, Lightstep's tracer.
    private static final Set<String> NOT_IN_UPSTREAM = Set.of("ambient", "tracing_lightstep");
    /// What protobuf takes for granted.
    private static final Map<String, Object> GRANTED =
            Map.of("protocol", "\"TCP\"", "lb_policy", "\"ROUND_ROBIN\"", "codec_type", "\"AUTO\"");
    private static final Set<String> NOT_SAID =
            Set.of("METADATA_DISCOVERY", "PILOT_SAN", "WORKLOAD_IDENTITY_SOCKET_FILE", "STATIC_LABELS");

    @TempDir
    private Path root = Path.of("");

    @Test
    void writesTheRecordedBootstraps() throws IOException {
        assumeTrue(Files.isDirectory(VECTORS), "SKIPPED: no conformance data at " + VECTORS + ": set LATEEN_VECTORS");
        Map<String, List<String>> failed = new TreeMap<>();
        int all = 0;
        try (Stream<Path> cases = Files.list(VECTORS)) {
            for (Path one : cases.filter(Files::isDirectory).sorted().toList()) {
                all++;
                List<String> differences = differences(one);
                if (!differences.isEmpty()) {
                    failed.put(one.getFileName().toString(), differences);
                }
            }
        }
        System.out.printf("vectors bootstrap: %d of %d pass%n", all - failed.size(), all);
        failed.forEach(
                (name, differences) -> System.out.println("  " + name + ": " + String.join("\n    ", differences)));
        assertThat(all).isPositive();
        assertThat(failed.keySet()).isSubsetOf(NOT_IN_UPSTREAM);
    }

    private List<String> differences(Path one) throws IOException {
        Map<?, ?> options = (Map<?, ?>) tree(Files.readString(one.resolve("options.json")));
        Decoded<BootstrapConfig> read =
                IstioEnvironment.read(environment(options, Files.readString(one.resolve("input.yaml"))), false, root);
        if (!(read instanceof Decoded.Ok<BootstrapConfig>(BootstrapConfig config))) {
            return List.of(read.toString());
        }
        Object expected = normal(tree(Files.readString(one.resolve("expected.json"))));
        Object ours = normal(tree(EnvoyBootstrap.yaml(config, 15020)));
        keepWhatIsExpected(expected, ours, flag(options, "checkLocality"));
        List<String> differences = new ArrayList<>();
        compare("", expected, ours, differences);
        return differences;
    }

    /// What a pod's container would have.
    private static Map<String, String> environment(Map<?, ?> options, String proxyConfig) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "PROXY_CONFIG",
                proxyConfig,
                "POD_NAME",
                "foo",
                "POD_NAMESPACE",
                "bar",
                "INSTANCE_IP",
                "1.2.3.4",
                "ISTIO_META_ISTIO_VERSION",
                text(options, "agentVersion"),
                "ISTIO_META_OUTLIER_LOG_PATH",
                text(options, "outlierLogPath")));
        environment.put(
                "ISTIO_META_INSTANCE_IPS", String.join(",", new LinkedHashSet<>(texts(options.get("instanceIPs")))));
        for (String variable : texts(options.get("env"))) {
            int equals = variable.indexOf('=');
            environment.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        return environment;
    }

    /// Without what is taken for granted, and without what is not compared.
    private static Object normal(Object tree) {
        switch (tree) {
            case Map<?, ?> map -> {
                Map<String, Object> rest = new TreeMap<>();
                map.forEach((key, value) -> {
                    if (!Objects.equals(GRANTED.get(String.valueOf(key)), value)) {
                        rest.put(String.valueOf(key), normal(value));
                    }
                });
                rest.remove("retry_policy");
                if ("\"xds-grpc\"".equals(rest.get("name"))) {
                    List.of("type", "transport_socket", "load_assignment", "typed_extension_protocol_options")
                            .forEach(rest::remove);
                }
                if ("\"sds-grpc\"".equals(rest.get("name"))) {
                    rest.remove("load_assignment");
                }
                return rest;
            }
            case List<?> list -> {
                return list.stream()
                        .filter(item ->
                                !(item instanceof Map<?, ?> map && "\"access-log-grpc\"".equals(map.get("name"))))
                        .map(BootstrapVectorsTest::normal)
                        .toList();
            }
            default -> {
                return tree;
            }
        }
    }

    @SuppressWarnings("unchecked") // `normal` made both
    private static void keepWhatIsExpected(Object expected, Object ours, boolean locality) {
        Map<String, Object> wanted = (Map<String, Object>) ((Map<String, Object>) expected).get("node");
        Map<String, Object> node = (Map<String, Object>) ((Map<String, Object>) ours).get("node");
        List.of(wanted, node).forEach(one -> one.remove("id"));
        if (!locality) {
            List.of(wanted, node).forEach(one -> one.remove("locality"));
            // The cases have no name of their own.
            List.of(wanted, node).forEach(one -> one.remove("cluster"));
        }
        Map<String, Object> metadata = (Map<String, Object>) wanted.get("metadata");
        Map<String, Object> said = (Map<String, Object>) node.get("metadata");
        for (String object : List.of("LABELS", "ANNOTATIONS")) {
            if (metadata.get(object) instanceof Map<?, ?> entries) {
                entries.keySet().forEach(metadata::remove);
            }
        }
        NOT_SAID.forEach(metadata::remove);
        said.keySet().retainAll(metadata.keySet());
        // Made by the cases' own test, two of them without a trace in the input.
        Set<String> made = Set.of("configPath", "customConfigFile", "proxyMetadata");
        List.of(metadata, said)
                .forEach(one ->
                        ((Map<String, Object>) one.get("PROXY_CONFIG")).keySet().removeAll(made));
    }

    private static void compare(String path, Object expected, Object ours, List<String> differences) {
        if (expected instanceof Map<?, ?> a && ours instanceof Map<?, ?> b) {
            Set<String> names = new TreeSet<>();
            a.keySet().forEach(name -> names.add(String.valueOf(name)));
            b.keySet().forEach(name -> names.add(String.valueOf(name)));
            for (String name : names) {
                compare(path + "." + name, orNothing(a.get(name)), orNothing(b.get(name)), differences);
            }
        } else if (expected instanceof List<?> a && ours instanceof List<?> b && a.size() == b.size()) {
            for (int i = 0; i < a.size(); i++) {
                compare(path + "[" + i + "]", a.get(i), b.get(i), differences);
            }
        } else if (!expected.equals(ours)) {
            differences.add(path + ": expected " + expected + ", is " + ours);
        }
    }

    private static Object orNothing(Object value) {
        return value == null ? "nothing" : value;
    }

    private static Object tree(String text) {
        YamlDocument document =
                new YamlReader(YamlLimits.DEFAULT).read(text, "case").getFirst();
        assertThat(document).isInstanceOf(YamlDocument.Read.class);
        return tree(((YamlDocument.Read) document).root());
    }

    /// Texts in quotes, numbers in one form.
    private static Object tree(Node node) {
        return switch (node) {
            case Node.Mapping mapping -> {
                Map<String, Object> map = new TreeMap<>();
                mapping.fields().forEach((name, field) -> map.put(name, tree(field.value())));
                yield map;
            }
            case Node.Sequence sequence ->
                sequence.items().stream().map(BootstrapVectorsTest::tree).toList();
            case Node.Scalar scalar ->
                switch (scalar.type()) {
                    case STRING -> "\"" + scalar.text() + "\"";
                    case INTEGER, FLOAT ->
                        new BigDecimal(scalar.text()).stripTrailingZeros().toPlainString();
                    case BOOLEAN, NULL -> scalar.text();
                };
        };
    }

    private static String text(Map<?, ?> options, String name) {
        String quoted = String.valueOf(options.get(name));
        return quoted.startsWith("\"") ? quoted.substring(1, quoted.length() - 1) : "";
    }

    private static boolean flag(Map<?, ?> options, String name) {
        return "true".equals(options.get(name));
    }

    private static List<String> texts(Object list) {
        return list instanceof List<?> items
                ? items.stream()
                        .map(String::valueOf)
                        .map(quoted -> quoted.substring(1, quoted.length() - 1))
                        .toList()
                : List.of();
    }
}
