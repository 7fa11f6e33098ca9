package dev.lateen.local.capture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes the input of `nft -f` that redirects a pod's traffic into its proxy: what [InterceptionRules] writes for
/// iptables, for both families of addresses in tables of their own, which replace those of an earlier run.
///
/// Source: Istio's names of tables and chains. Thread: any.
public final class NftRules {
    private static final String OUTBOUND_MARK = "1338";
    private static final String TCP = "meta l4proto tcp ";

    private final InterceptionSettings settings;
    private final CaptureMode mode;
    private final NftTable nat = new NftTable(
            "nat",
            List.of(
                    "prerouting { type nat hook prerouting priority -100 ; }",
                    "output { type nat hook output priority -100 ; }",
                    "istio-inbound",
                    "istio-redirect",
                    "istio-in-redirect",
                    "istio-output",
                    "istio-output-dns"));
    private final NftTable mangle = new NftTable(
            "mangle",
            List.of(
                    "prerouting { type filter hook prerouting priority -150 ; }",
                    "output { type route hook output priority -150 ; }",
                    "istio-drop",
                    "istio-divert",
                    "istio-tproxy",
                    "istio-inbound"));
    private final NftTable raw = new NftTable(
            "raw",
            List.of(
                    "prerouting { type filter hook prerouting priority -300 ; }",
                    "output { type filter hook output priority -300 ; }",
                    "istio-inbound",
                    "istio-output-dns"));

    private NftRules(InterceptionSettings settings, CaptureMode mode) {
        this.settings = settings;
        this.mode = mode;
    }

    /// The lines.
    public static List<String> of(InterceptionSettings settings, CaptureMode mode) {
        return new NftRules(settings, mode).build();
    }

    private List<String> build() {
        interfaces();
        if (settings.dropInvalid()) {
            mangle.add("prerouting", TCP + "ct state invalid counter jump istio-drop");
            mangle.add("istio-drop", "counter drop");
        }
        nat.add("istio-inbound", TCP + "tcp dport " + settings.inboundTunnelPort() + " counter return");
        nat.add("istio-redirect", TCP + "counter redirect to :" + settings.proxyPort());
        nat.add("istio-in-redirect", TCP + "counter redirect to :" + settings.inboundCapturePort());
        inbound();
        own();
        names();
        loopbacks()
                .forEach((family, loopback) ->
                        nat.add("istio-output", family + " daddr " + loopback + " counter return"));
        outbound();
        if (mode.transparent()) {
            marks();
        }
        List<String> lines = new ArrayList<>(nat.lines());
        lines.addAll(mangle.lines());
        lines.addAll(raw.lines());
        return lines;
    }

    /// The address of a pod's own, by family.
    private Map<String, String> loopbacks() {
        return families(settings.loopbackCidr(), "::1/128");
    }

    private Map<String, String> families(String ipv4, String ipv6) {
        Map<String, String> families = new LinkedHashMap<>();
        families.put("ip", ipv4);
        if (settings.ipv6()) {
            families.put("ip6", ipv6);
        }
        return families;
    }

    private void interfaces() {
        for (String name : settings.interfaces().exclude()) {
            for (NftTable table : mode.transparent() ? List.of(nat, mangle) : List.of(nat)) {
                table.add("prerouting", "iifname " + name + " counter return");
                table.add("output", "oifname " + name + " counter return");
            }
        }
        settings.interfaces()
                .virtual()
                .forEach(name -> nat.insert("prerouting", 0, "iifname " + name + " counter return"));
    }

    private void inbound() {
        List<String> include = settings.inbound().include();
        if (include.isEmpty()) {
            return;
        }
        NftTable table = mode.transparent() ? mangle : nat;
        if (mode.transparent()) {
            mangle.add("istio-divert", "counter meta mark set " + mode.mark());
            mangle.add("istio-divert", "counter accept");
            loopbacks()
                    .forEach((family, loopback) -> mangle.add(
                            "istio-tproxy",
                            TCP + family + " daddr != " + loopback + " tproxy " + family + " to :"
                                    + settings.inboundCapturePort() + " meta mark set " + mode.mark()
                                    + " counter accept"));
        }
        table.add("prerouting", TCP + "counter jump istio-inbound");
        if (include.equals(List.of("*"))) {
            settings.inbound()
                    .exclude()
                    .forEach(port -> table.add("istio-inbound", TCP + "tcp dport " + port + " counter return"));
            taken("");
        } else {
            include.forEach(port -> taken("tcp dport " + port + " "));
        }
    }

    private void taken(String port) {
        if (mode.transparent()) {
            mangle.add("istio-inbound", TCP + "ct state related,established " + port + "counter jump istio-divert");
            mangle.add("istio-inbound", TCP + port + "counter jump istio-tproxy");
        } else {
            nat.add("istio-inbound", TCP + port + "counter jump istio-in-redirect");
        }
    }

    /// What the proxy itself sends.
    private void own() {
        nat.add("output", "counter jump istio-output");
        settings.outbound()
                .excludePorts()
                .forEach(port -> nat.add("istio-output", "tcp dport " + port + " counter return"));
        families("127.0.0.6/32", "::6/128")
                .forEach((family, source) ->
                        nat.add("istio-output", "oifname lo " + family + " saddr " + source + " counter return"));
        String ports = mode.names().captured()
                ? "{ 53, " + settings.inboundTunnelPort() + " }"
                : Integer.toString(settings.inboundTunnelPort());
        settings.users().forEach(user -> own("skuid", user, ports));
        settings.groups().forEach(group -> own("skgid", group, Integer.toString(settings.inboundTunnelPort())));
        settings.outbound()
                .excludeGroups()
                .forEach(group -> nat.add("istio-output", "skgid " + group + " counter return"));
        if (!mode.allGroups()) {
            nat.add(
                    "istio-output",
                    String.join(
                                    "",
                                    mode.groups().stream()
                                            .map(group -> "skgid != " + group + " ")
                                            .toList())
                            + "counter return");
        }
    }

    private void own(String owner, String id, String ports) {
        loopbacks()
                .forEach((family, loopback) -> nat.add(
                        "istio-output",
                        "oifname lo " + TCP + family + " daddr != " + loopback + " tcp dport != " + ports + " " + owner
                                + " " + id + " counter jump istio-in-redirect"));
        boolean loopbackCaptured = settings.outbound().includeRanges().stream()
                .anyMatch(range -> range.startsWith("127.") || range.startsWith("::1/"));
        if (!loopbackCaptured) {
            String others = mode.names().captured() ? TCP + "tcp dport != 53 " : "";
            nat.add("istio-output", "oifname lo " + others + owner + " != " + id + " counter return");
        }
        nat.add("istio-output", owner + " " + id + " counter return");
    }

    private void names() {
        CaptureMode.Names names = mode.names();
        if (!names.captured()) {
            return;
        }
        nat.add("istio-output", "counter jump istio-output-dns");
        raw.add("output", "counter jump istio-output-dns");
        for (String protocol : List.of("tcp", "udp")) {
            servers("daddr")
                    .forEach(server -> nat.add(
                            "istio-output-dns",
                            server + protocol + " dport 53 counter redirect to :" + NameRules.AGENT_PORT));
        }
        settings.users().forEach(user -> zones("skuid " + user));
        settings.groups().forEach(group -> zones("skgid " + group));
        raw.add("prerouting", "counter jump istio-inbound");
        List<String> asked = servers("daddr");
        List<String> answers = servers("saddr");
        for (int i = 0; i < asked.size(); i++) {
            raw.add("istio-output-dns", "udp dport 53 " + asked.get(i) + "counter ct zone set 2");
            raw.add("istio-inbound", "udp sport 53 " + answers.get(i) + "counter ct zone set 1");
        }
    }

    private void zones(String owner) {
        raw.add("istio-output-dns", "udp dport 53 meta " + owner + " counter ct zone set 1");
        raw.add("istio-output-dns", "udp sport " + NameRules.AGENT_PORT + " meta " + owner + " counter ct zone set 2");
    }

    /// A match for each name server that is captured; one that matches all where all are.
    private List<String> servers(String side) {
        if (mode.names().all()) {
            return List.of("");
        }
        List<String> matches = new ArrayList<>();
        mode.names().servers4().forEach(server -> matches.add("ip " + side + " " + server + "/32 "));
        mode.names().servers6().forEach(server -> matches.add("ip6 " + side + " " + server + "/128 "));
        return matches;
    }

    private void outbound() {
        InterceptionSettings.Outbound outbound = settings.outbound();
        sorted(outbound.excludeRanges()).forEach(match -> nat.add("istio-output", match + "counter return"));
        List<String> included =
                outbound.includeRanges().equals(List.of("*")) ? List.of("") : sorted(outbound.includeRanges());
        for (String match : included) {
            settings.interfaces()
                    .virtual()
                    .forEach(name -> nat.insert(
                            "prerouting", 0, "iifname " + name + " " + match + "counter jump istio-redirect"));
            nat.add("istio-output", match + "counter jump istio-redirect");
        }
        outbound.includePorts()
                .forEach(port -> nat.add("istio-output", "tcp dport " + port + " counter jump istio-redirect"));
    }

    /// Ranges of IPv4 first; those of IPv6 only where it is captured.
    private List<String> sorted(List<String> ranges) {
        List<String> matches = new ArrayList<>();
        ranges.stream()
                .filter(range -> range.indexOf(':') < 0)
                .forEach(range -> matches.add("ip daddr " + range + " "));
        if (settings.ipv6()) {
            ranges.stream()
                    .filter(range -> range.indexOf(':') >= 0)
                    .forEach(range -> matches.add("ip6 daddr " + range + " "));
        }
        return matches;
    }

    /// See [TransparentRules].
    private void marks() {
        String mark = mode.mark();
        mangle.add("prerouting", TCP + "mark " + mark + " counter ct mark set mark");
        mangle.add("output", "oifname lo " + TCP + "mark " + mark + " counter return");
        settings.users().forEach(user -> ownMark("skuid " + user));
        settings.groups().forEach(group -> ownMark("skgid " + group));
        mangle.add("output", TCP + "ct mark " + mark + " counter meta mark set ct mark");
        mangle.insert("istio-inbound", 0, TCP + "mark " + mark + " counter return");
        families("127.0.0.6/32", "::6/128")
                .forEach((family, source) -> mangle.insert(
                        "istio-inbound", 1, "iifname lo " + TCP + family + " saddr " + source + " counter return"));
        mangle.insert("istio-inbound", 2, "iifname lo " + TCP + "mark != " + OUTBOUND_MARK + " counter return");
    }

    private void ownMark(String owner) {
        loopbacks()
                .forEach((family, loopback) -> mangle.add(
                        "output",
                        "oifname lo " + TCP + family + " daddr != " + loopback + " " + owner + " counter meta mark set "
                                + OUTBOUND_MARK));
    }
}
