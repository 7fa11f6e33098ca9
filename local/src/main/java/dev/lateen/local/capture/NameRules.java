package dev.lateen.local.capture;

import java.util.List;

/// The lines that lead questions to name servers to the agent, and keep both halves of such a conversation apart for
/// the kernel: what the application asks, and what the agent asks in turn, may have the same ports.
///
/// Source: Istio's chains and zones. Thread: any.
final class NameRules {
    static final int AGENT_PORT = 15053;

    private NameRules() {}

    /// Rules of table `nat`: where questions go.
    static List<String> redirects(CaptureMode.Names names, boolean ipv6) {
        RuleLines lines = new RuleLines();
        if (names.all()) {
            lines.add("-A ISTIO_OUTPUT_DNS -p tcp --dport 53 -j REDIRECT --to-ports " + AGENT_PORT);
            lines.add("-A ISTIO_OUTPUT_DNS -p udp --dport 53 -j REDIRECT --to-port " + AGENT_PORT);
        } else {
            for (String protocol : List.of(
                    "tcp --dport 53 -d %s -j REDIRECT --to-ports ", "udp --dport 53 -d %s -j REDIRECT --to-port ")) {
                names.servers(ipv6)
                        .forEach(server -> lines.add(
                                "-A ISTIO_OUTPUT_DNS -p " + protocol.formatted(only(server, ipv6)) + AGENT_PORT));
            }
        }
        return lines.all();
    }

    /// Table `raw`: zone 1 for what the agent asks, zone 2 for what it is asked.
    static List<String> zones(InterceptionSettings settings, CaptureMode.Names names, boolean ipv6) {
        RuleLines lines = new RuleLines();
        boolean answers = names.all() || !names.servers(ipv6).isEmpty();
        lines.add("* raw", "-N ISTIO_OUTPUT_DNS");
        if (answers) {
            lines.add("-N ISTIO_INBOUND");
        }
        lines.add("-A OUTPUT -j ISTIO_OUTPUT_DNS");
        settings.users().forEach(user -> own(lines, "--uid-owner " + user));
        settings.groups().forEach(group -> own(lines, "--gid-owner " + group));
        if (answers) {
            lines.add("-A PREROUTING -j ISTIO_INBOUND");
        }
        if (names.all()) {
            lines.add("-A ISTIO_OUTPUT_DNS -p udp --dport 53 -j CT --zone 2");
            lines.add("-A ISTIO_INBOUND -p udp --sport 53 -j CT --zone 1");
        } else {
            for (String server : names.servers(ipv6)) {
                lines.add("-A ISTIO_OUTPUT_DNS -p udp --dport 53 -d " + only(server, ipv6) + " -j CT --zone 2");
                lines.add("-A ISTIO_INBOUND -p udp --sport 53 -s " + only(server, ipv6) + " -j CT --zone 1");
            }
        }
        lines.add("COMMIT");
        return lines.all();
    }

    private static void own(RuleLines lines, String owner) {
        lines.add("-A ISTIO_OUTPUT_DNS -p udp --dport 53 -m owner " + owner + " -j CT --zone 1");
        lines.add("-A ISTIO_OUTPUT_DNS -p udp --sport " + AGENT_PORT + " -m owner " + owner + " -j CT --zone 2");
    }

    private static String only(String server, boolean ipv6) {
        return server + (ipv6 ? "/128" : "/32");
    }
}
