package dev.lateen.local.capture;

import java.util.List;

/// How connections are captured, beside [InterceptionSettings] that say which.
///
/// @param transparent whether inbound connections keep their source address (`TPROXY`) instead of being redirected
/// @param mark on packets of inbound connections where they do
/// @param groups whose processes' connections alone are captured; `*` alone means all
public record CaptureMode(boolean transparent, String mark, Names names, List<String> groups) {
    public static final CaptureMode REDIRECT = new CaptureMode(false, "1337", Names.NONE, List.of("*"));

    /// Questions to name servers, which go to the agent.
    ///
    /// @param all whoever is asked
    /// @param servers4 the name servers of the pod by IPv4
    public record Names(boolean all, List<String> servers4, List<String> servers6) {
        public static final Names NONE = new Names(false, List.of(), List.of());
        public static final Names EVERY = new Names(true, List.of(), List.of());

        /// Those of a `resolv.conf`.
        public static Names of(String resolver) {
            List<String> servers = resolver.lines()
                    .map(String::strip)
                    .filter(line -> line.matches("nameserver\\s+[0-9a-fA-F.:]+"))
                    .map(line -> line.substring("nameserver".length()).strip())
                    .toList();
            return new Names(
                    false,
                    servers.stream().filter(server -> server.indexOf(':') < 0).toList(),
                    servers.stream().filter(server -> server.indexOf(':') >= 0).toList());
        }

        boolean captured() {
            return all || !servers4.isEmpty() || !servers6.isEmpty();
        }

        List<String> servers(boolean ipv6) {
            return ipv6 ? servers6 : servers4;
        }
    }

    boolean allGroups() {
        return groups.equals(List.of("*"));
    }
}
