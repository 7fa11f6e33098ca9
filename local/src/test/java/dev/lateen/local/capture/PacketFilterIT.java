package dev.lateen.local.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lateen.local.process.Children;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Rules in a network of their own: all that are written are made, and all that are made are taken away.
class PacketFilterIT {
    private static final List<String> RULES_OF_OTHERS = List.of(
            "*nat",
            "-A PREROUTING -i eth7 -j RETURN",
            "-A OUTPUT -d 192.0.2.1/32 -j RETURN",
            "COMMIT",
            "*mangle",
            "-A OUTPUT -m mark --mark 0x7 -j RETURN",
            "COMMIT",
            "*raw",
            "-A OUTPUT -d 192.0.2.2/32 -j NOTRACK",
            "COMMIT");

    @TempDir
    Path directory = Path.of("");

    private final Children children = new Children();
    private List<String> inside = List.of();

    @BeforeEach
    void makeNetwork() throws IOException {
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root");
        for (String tool : List.of("ip", "iptables-restore", "ip6tables-restore", "nft", "nsenter", "unshare")) {
            assumeTrue(Children.onPath(tool).isPresent(), "needs " + tool);
        }
        Path hosts = Files.writeString(directory.resolve("hosts"), "");
        NetworkNamespace namespace = NetworkNamespace.create(children, "it", hosts, directory);
        inside = namespace.prefix();
        namespace.run("ip", "address", "add", "fd00::7/128", "dev", "lo");
    }

    @AfterEach
    void close() {
        children.close();
    }

    private String run(String... words) {
        return run(List.of(words), "");
    }

    private String run(List<String> words, String input) {
        List<String> all = new ArrayList<>(inside);
        all.addAll(words);
        return Command.run(all, input);
    }

    /// Rules, routing rules and routes, without counters and comments.
    private String everything(boolean nftables) {
        StringBuilder all = new StringBuilder();
        if (nftables) {
            all.append(run("nft", "list", "ruleset"));
        } else {
            for (String tool : List.of("iptables-save", "ip6tables-save")) {
                for (String table : List.of("nat", "mangle", "raw")) {
                    run(tool, "-t", table)
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .forEach(line -> all.append(line.replaceAll("\\[[0-9]+:[0-9]+]", ""))
                                    .append('\n'));
                }
            }
        }
        for (String family : List.of("-4", "-6")) {
            all.append(run("ip", family, "rule", "show"));
            all.append(run("ip", family, "route", "show", "table", "all")
                    .lines()
                    .filter(line -> line.contains("133"))
                    .toList());
        }
        return all.toString();
    }

    static Stream<CapturePlan> plans() {
        InterceptionSettings everything = InterceptionSettings.everything();
        InterceptionSettings some = new InterceptionSettings(
                15001,
                15006,
                15008,
                List.of("1337"),
                List.of("1337"),
                new InterceptionSettings.Inbound(List.of("80", "443"), List.of()),
                new InterceptionSettings.Outbound(
                        List.of("10.0.0.0/8", "fd00::/8"),
                        List.of("10.1.0.0/16", "fd01::/16"),
                        List.of("8443"),
                        List.of("5432"),
                        List.of("888")),
                new InterceptionSettings.Interfaces(List.of("eth9"), List.of("virt0")),
                "127.0.0.1/32",
                true,
                true);
        CaptureMode.Names servers = CaptureMode.Names.of("nameserver 10.96.0.10\nnameserver fd00::10\n");
        List<CapturePlan> plans = new ArrayList<>();
        for (boolean nftables : new boolean[] {false, true}) {
            for (boolean transparent : new boolean[] {false, true}) {
                for (InterceptionSettings settings : List.of(everything, everything.withIpv6(true), some)) {
                    for (CaptureMode.Names names : List.of(CaptureMode.Names.NONE, CaptureMode.Names.EVERY, servers)) {
                        plans.add(new CapturePlan(
                                settings, new CaptureMode(transparent, "1337", names, List.of("*")), "133", nftables));
                    }
                }
            }
        }
        return plans.stream();
    }

    @ParameterizedTest
    @MethodSource("plans")
    void takesAwayAllThatItMakesAndNothingElse(CapturePlan plan) {
        if (!plan.nftables()) {
            run(List.of("iptables-restore", "--noflush"), String.join("\n", RULES_OF_OTHERS) + "\n");
        }
        String before = everything(plan.nftables());
        assertThat(PacketFilter.isApplied(inside, plan.nftables())).isFalse();

        PacketFilter.apply(inside, plan);

        assertThat(PacketFilter.isApplied(inside, plan.nftables())).isTrue();
        String made = everything(plan.nftables());
        assertThat(made).contains("15001").contains("15006");
        if (plan.mode().transparent()) {
            assertThat(made)
                    .containsIgnoringCase("tproxy")
                    .contains("lookup 133")
                    .contains("local default dev lo");
        }
        assertThat(made.contains("15053")).isEqualTo(plan.mode().names().captured());

        PacketFilter.clean(inside, plan);
        assertThat(everything(plan.nftables())).isEqualTo(before);
        PacketFilter.clean(inside, plan);
        assertThat(everything(plan.nftables())).isEqualTo(before);
    }

    @Test
    void seesWhetherThePodHasIpv6() {
        assertThat(PacketFilter.hasIpv6(inside)).isTrue();
        run("ip", "address", "delete", "fd00::7/128", "dev", "lo");
        assertThat(PacketFilter.hasIpv6(inside)).isFalse();
    }
}
