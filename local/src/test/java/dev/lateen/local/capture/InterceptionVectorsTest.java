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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/// Our rules against recorded ones. Conformance data is not part of this repository: LATEEN_VECTORS names its place.
class InterceptionVectorsTest {
    private static final Path VECTORS =
            Path.of(Optional.ofNullable(System.getenv("LATEEN_VECTORS")).orElse("../../shared/vectors"));

    @TestFactory
    @Tag("iptables")
    Stream<DynamicTest> writesTheRecordedRulesForIptables() throws IOException {
        return cases("iptables")
                .map(one -> dynamicTest(one.getFileName().toString(), () -> {
                    InterceptionSettings settings = settings(config(one));
                    CaptureMode mode = mode(config(one));
                    List<String> all = new ArrayList<>(InterceptionRules.ipv4(settings, mode));
                    if (settings.ipv6()) {
                        all.addAll(InterceptionRules.ipv6(settings, mode));
                    }
                    assertThat(all).isEqualTo(recorded(one));
                }));
    }

    @TestFactory
    @Tag("nftables")
    Stream<DynamicTest> writesTheRecordedRulesForNftables() throws IOException {
        return cases("nftables")
                .map(one -> dynamicTest(
                        one.getFileName().toString(),
                        () -> assertThat(NftRules.of(settings(config(one)), mode(config(one))))
                                .isEqualTo(recorded(one))));
    }

    private static Stream<Path> cases(String suite) throws IOException {
        Path directory = VECTORS.resolve(suite);
        assumeTrue(Files.isDirectory(directory), "no conformance data at " + directory + ": set LATEEN_VECTORS");
        try (Stream<Path> found = Files.list(directory)) {
            return found.filter(Files::isDirectory).sorted().toList().stream();
        }
    }

    private static CaptureMode mode(Fields config) {
        boolean names = config.flag("REDIRECT_DNS");
        return new CaptureMode(
                config.text("INBOUND_INTERCEPTION_MODE", "").equals("TPROXY"),
                config.text("INBOUND_TPROXY_MARK", ""),
                new CaptureMode.Names(
                        names && config.flag("CAPTURE_ALL_DNS"),
                        names ? config.texts("DNS_SERVERS_V4") : List.of(),
                        names ? config.texts("DNS_SERVERS_V6") : List.of()),
                list(config, "OUTBOUND_OWNER_GROUPS_INCLUDE"));
    }

    private static InterceptionSettings settings(Fields config) {
        return new InterceptionSettings(
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
