package dev.lateen.local.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import dev.lateen.model.tree.Fields;
import dev.lateen.model.tree.Node.Mapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Our rules against recorded ones. Conformance data is not part of this repository: LATEEN_VECTORS names its place.
class InterceptionVectorsTest {
    private static final Path VECTORS = Path.of(
                    Optional.ofNullable(System.getenv("LATEEN_VECTORS")).orElse("../../shared/vectors"))
            .resolve("iptables");

    @TestFactory
    Stream<DynamicTest> writesTheRecordedRules() throws IOException {
        assumeTrue(Files.isDirectory(VECTORS), "no conformance data at " + VECTORS + ": set LATEEN_VECTORS");
        List<Path> cases;
        try (Stream<Path> found = Files.list(VECTORS)) {
            cases = found.filter(Files::isDirectory).sorted().toList();
        }
        return cases.stream()
                .filter(InterceptionVectorsTest::isBuilt)
                .map(one -> dynamicTest(
                        one.getFileName().toString(),
                        () -> assertThat(rulesOf(one)).isEqualTo(recorded(one))));
    }

    private static boolean isBuilt(Path one) {
        Fields config = config(one);
        return !config.flag("REDIRECT_DNS")
                && !config.text("INBOUND_INTERCEPTION_MODE", "").equals("TPROXY");
    }

    private static List<String> rulesOf(Path one) {
        Fields config = config(one);
        InterceptionSettings settings = new InterceptionSettings(
                15001,
                15006,
                15008,
                list(config, "PROXY_UID"),
                list(config, "PROXY_GID"),
                new InterceptionSettings.Inbound(
                        list(config, "INBOUND_PORTS_INCLUDE"), list(config, "INBOUND_PORTS_EXCLUDE")),
                new InterceptionSettings.Outbound(
                        list(config, "OUTBOUND_IPRANGES_INCLUDE"),
                        list(config, "OUTBOUND_IPRANGES_EXCLUDE"),
                        list(config, "OUTBOUND_PORTS_INCLUDE"),
                        list(config, "OUTBOUND_PORTS_EXCLUDE"),
                        list(config, "OUTBOUND_OWNER_GROUPS_EXCLUDE")),
                new InterceptionSettings.Interfaces(
                        list(config, "EXCLUDE_INTERFACES"), list(config, "KUBE_VIRT_INTERFACES")),
                config.text("HOST_IPV4_LOOPBACK_CIDR", ""),
                config.flag("DROP_INVALID"),
                config.flag("ENABLE_INBOUND_IPV6"));
        List<String> all = new ArrayList<>(InterceptionRules.ipv4(settings));
        if (settings.ipv6()) {
            all.addAll(InterceptionRules.ipv6(settings));
        }
        return all;
    }

    /// The restore input, without the calls around it.
    private static List<String> recorded(Path one) throws IOException {
        return Files.readAllLines(one.resolve("expected.txt")).stream()
                .filter(line -> !line.isBlank() && !line.endsWith("-save"))
                .toList();
    }

    private static List<String> list(Fields config, String name) {
        String text = config.text(name, "");
        return text.isEmpty() ? List.of() : List.of(text.split(","));
    }

    private static Fields config(Path one) {
        try {
            YamlDocument document = new YamlReader(YamlLimits.DEFAULT)
                    .read(Files.readString(one.resolve("options.json")), "options.json")
                    .getFirst();
            Mapping root = (Mapping) ((YamlDocument.Read) document).root();
            return new Fields(root).object("config", found -> found).orElseThrow();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
