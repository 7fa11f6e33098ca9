package dev.lateen.local.capture;

import java.util.List;

/// Writes the input of `iptables-restore` that redirects a pod's traffic into its proxy, under Istio's chain names:
///
/// - `ISTIO_INBOUND` decides what arriving goes to `ISTIO_IN_REDIRECT` (the proxy's inbound port);
/// - `ISTIO_OUTPUT` decides what leaving goes to `ISTIO_REDIRECT` (its outbound port). The proxy's own connections
/// pass,
///   except those to the pod itself by its address: they are inbound again.
///
/// Thread: any.
public final class InterceptionRules {
    private final InterceptionSettings settings;
    private final CaptureMode mode;
    private final boolean ipv6;
    private final String loopback;
    private final String passthroughSource;
    private final RuleLines lines = new RuleLines();

    private InterceptionRules(InterceptionSettings settings, CaptureMode mode, boolean ipv6) {
        this.settings = settings;
        this.mode = mode;
        this.ipv6 = ipv6;
        this.loopback = ipv6 ? "::1/128" : settings.loopbackCidr();
        this.passthroughSource = ipv6 ? "::6/128" : "127.0.0.6/32";
    }

    /// The lines for IPv4.
    public static List<String> ipv4(InterceptionSettings settings) {
        return ipv4(settings, CaptureMode.REDIRECT);
    }

    public static List<String> ipv4(InterceptionSettings settings, CaptureMode mode) {
        return new InterceptionRules(settings, mode, false).build();
    }

    /// The lines for IPv6.
    public static List<String> ipv6(InterceptionSettings settings) {
        return ipv6(settings, CaptureMode.REDIRECT);
    }

    public static List<String> ipv6(InterceptionSettings settings, CaptureMode mode) {
        return new InterceptionRules(settings, mode, true).build();
    }

    private List<String> build() {
        mangle();
        boolean names = mode.names().all() || !mode.names().servers(ipv6).isEmpty();
        add("* nat", "-N ISTIO_INBOUND", "-N ISTIO_REDIRECT", "-N ISTIO_IN_REDIRECT", "-N ISTIO_OUTPUT");
        if (names) {
            add("-N ISTIO_OUTPUT_DNS");
        }
        lines.excluded(settings);
        settings.interfaces().virtual().forEach(name -> add("-I PREROUTING 1 -i " + name + " -j RETURN"));
        add("-A ISTIO_INBOUND -p tcp --dport " + settings.inboundTunnelPort() + " -j RETURN");
        add("-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports " + settings.proxyPort());
        add("-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports " + settings.inboundCapturePort());
        inbound();
        add("-A OUTPUT -j ISTIO_OUTPUT");
        settings.outbound()
                .excludePorts()
                .forEach(port -> add("-A ISTIO_OUTPUT -p tcp --dport " + port + " -j RETURN"));
        add("-A ISTIO_OUTPUT -o lo -s " + passthroughSource + " -j RETURN");
        // The agent, which is one of the proxy's users, asks name servers itself.
        boolean asks = mode.names().captured();
        settings.users().forEach(user -> ownConnections("--uid-owner " + user, asks));
        settings.groups().forEach(group -> ownConnections("--gid-owner " + group, false));
        settings.outbound()
                .excludeGroups()
                .forEach(group -> add("-A ISTIO_OUTPUT -m owner --gid-owner " + group + " -j RETURN"));
        if (!mode.allGroups()) {
            add("-A ISTIO_OUTPUT"
                    + String.join(
                            "",
                            mode.groups().stream()
                                    .map(group -> " -m owner ! --gid-owner " + group)
                                    .toList()) + " -j RETURN");
        }
        if (names) {
            add("-A ISTIO_OUTPUT -j ISTIO_OUTPUT_DNS");
            NameRules.redirects(mode.names(), ipv6).forEach(this::add);
        }
        add("-A ISTIO_OUTPUT -d " + loopback + " -j RETURN");
        outbound();
        add("COMMIT");
        if (mode.names().captured()) {
            NameRules.zones(settings, mode.names(), ipv6).forEach(this::add);
        }
        return lines.all();
    }

    private void mangle() {
        if (!settings.dropInvalid() && !mode.transparent()) {
            return;
        }
        add("* mangle");
        if (settings.dropInvalid()) {
            add("-N ISTIO_DROP", "-A PREROUTING -m conntrack --ctstate INVALID -j ISTIO_DROP");
            add("-A ISTIO_DROP -j DROP");
        }
        if (mode.transparent()) {
            TransparentRules.lines(settings, mode.mark(), loopback, passthroughSource)
                    .forEach(this::add);
        }
        add("COMMIT");
    }

    private void inbound() {
        List<String> include = settings.inbound().include();
        if (include.isEmpty() || mode.transparent()) {
            return;
        }
        add("-A PREROUTING -p tcp -j ISTIO_INBOUND");
        if (include.equals(List.of("*"))) {
            settings.inbound().exclude().forEach(port -> add("-A ISTIO_INBOUND -p tcp --dport " + port + " -j RETURN"));
            add("-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT");
        } else {
            include.forEach(port -> add("-A ISTIO_INBOUND -p tcp --dport " + port + " -j ISTIO_IN_REDIRECT"));
        }
    }

    /// What the proxy itself sends: to its own pod by the pod's address it is inbound traffic, elsewhere it passes. An
    /// application that calls itself over loopback never meets the proxy, unless a range on loopback is
    /// to be captured.
    private void ownConnections(String owner, boolean asks) {
        String port = asks
                ? "-m multiport ! --dports 53," + settings.inboundTunnelPort()
                : "! --dport " + settings.inboundTunnelPort();
        add("-A ISTIO_OUTPUT -o lo ! -d " + loopback + " -p tcp " + port + " -m owner " + owner
                + " -j ISTIO_IN_REDIRECT");
        boolean loopbackCaptured = settings.outbound().includeRanges().stream()
                .anyMatch(range -> range.startsWith("127.") || range.startsWith("::1/"));
        if (!loopbackCaptured) {
            String others = mode.names().captured() ? "-p tcp ! --dport 53 " : "";
            add("-A ISTIO_OUTPUT -o lo " + others + "-m owner ! " + owner + " -j RETURN");
        }
        add("-A ISTIO_OUTPUT -m owner " + owner + " -j RETURN");
    }

    private void outbound() {
        List<String> virtual = settings.interfaces().virtual();
        InterceptionSettings.Outbound outbound = settings.outbound();
        mine(outbound.excludeRanges()).forEach(range -> add("-A ISTIO_OUTPUT -d " + range + " -j RETURN"));
        if (outbound.includeRanges().equals(List.of("*"))) {
            virtual.forEach(name -> add("-I PREROUTING 1 -i " + name + " -j ISTIO_REDIRECT"));
            add("-A ISTIO_OUTPUT -j ISTIO_REDIRECT");
        } else {
            for (String range : mine(outbound.includeRanges())) {
                virtual.forEach(name -> add("-I PREROUTING 1 -i " + name + " -d " + range + " -j ISTIO_REDIRECT"));
                add("-A ISTIO_OUTPUT -d " + range + " -j ISTIO_REDIRECT");
            }
        }
        outbound.includePorts().forEach(port -> add("-A ISTIO_OUTPUT -p tcp --dport " + port + " -j ISTIO_REDIRECT"));
    }

    private List<String> mine(List<String> ranges) {
        return ranges.stream()
                .filter(range -> (range.indexOf(':') >= 0) == ipv6)
                .toList();
    }

    private void add(String... rules) {
        lines.add(rules);
    }
}
