package dev.lateen.local.capture;

import java.util.List;

/// The lines of table `mangle` that lead inbound connections to the proxy with their source address as it is
/// (`TPROXY`). Packets of connections that the proxy has taken carry a mark; those that it sends to the pod itself
/// carry another one, which lets them come in again.
///
/// Source: Istio's chains and marks. Thread: any.
final class TransparentRules {
    /// On what the proxy sends to its own pod.
    static final String OUTBOUND_MARK = "1338";

    private TransparentRules() {}

    /// Chains that are used, and their rules, without the table's first and last line.
    static List<String> lines(InterceptionSettings settings, String mark, String loopback, String passthroughSource) {
        RuleLines lines = new RuleLines();
        if (!settings.inbound().include().isEmpty()) {
            lines.add("-N ISTIO_DIVERT", "-N ISTIO_TPROXY");
        }
        lines.add("-N ISTIO_INBOUND");
        lines.excluded(settings);
        inbound(lines, settings, mark, loopback);
        lines.add("-A PREROUTING -p tcp -m mark --mark " + mark + " -j CONNMARK --save-mark");
        lines.add("-A OUTPUT -p tcp -o lo -m mark --mark " + mark + " -j RETURN");
        settings.users().forEach(user -> own(lines, loopback, "--uid-owner " + user));
        settings.groups().forEach(group -> own(lines, loopback, "--gid-owner " + group));
        lines.add("-A OUTPUT -p tcp -m connmark --mark " + mark + " -j CONNMARK --restore-mark");
        lines.add("-I ISTIO_INBOUND 1 -p tcp -m mark --mark " + mark + " -j RETURN");
        lines.add("-I ISTIO_INBOUND 2 -p tcp -s " + passthroughSource + " -i lo -j RETURN");
        lines.add("-I ISTIO_INBOUND 3 -p tcp -i lo -m mark ! --mark " + OUTBOUND_MARK + " -j RETURN");
        return lines.all();
    }

    private static void own(RuleLines lines, String loopback, String owner) {
        lines.add("-A OUTPUT ! -d " + loopback + " -p tcp -o lo -m owner " + owner + " -j MARK --set-mark "
                + OUTBOUND_MARK);
    }

    private static void inbound(RuleLines lines, InterceptionSettings settings, String mark, String loopback) {
        List<String> include = settings.inbound().include();
        if (include.isEmpty()) {
            return;
        }
        lines.add("-A ISTIO_DIVERT -j MARK --set-mark " + mark, "-A ISTIO_DIVERT -j ACCEPT");
        lines.add("-A ISTIO_TPROXY ! -d " + loopback + " -p tcp -j TPROXY --tproxy-mark " + mark
                + "/0xffffffff --on-port " + settings.inboundCapturePort());
        lines.add("-A PREROUTING -p tcp -j ISTIO_INBOUND");
        if (include.equals(List.of("*"))) {
            settings.inbound()
                    .exclude()
                    .forEach(port -> lines.add("-A ISTIO_INBOUND -p tcp --dport " + port + " -j RETURN"));
            taken(lines, "");
        } else {
            include.forEach(port -> taken(lines, "--dport " + port + " "));
        }
    }

    private static void taken(RuleLines lines, String port) {
        lines.add("-A ISTIO_INBOUND -p tcp " + port + "-m conntrack --ctstate RELATED,ESTABLISHED -j ISTIO_DIVERT");
        lines.add("-A ISTIO_INBOUND -p tcp " + port + "-j ISTIO_TPROXY");
    }
}
