package dev.lateen.local.capture;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What of a pod's traffic goes through its proxy: the settings of Istio's init container.
///
/// Ports and ranges are decimal numbers and CIDR; `*` alone means all, an empty list none.
///
/// @param proxyPort takes outbound connections
/// @param inboundCapturePort takes inbound ones
/// @param inboundTunnelPort is never redirected
/// @param users and groups of the proxy itself, whose connections leave untouched
public record InterceptionSettings(
        int proxyPort,
        int inboundCapturePort,
        int inboundTunnelPort,
        List<String> users,
        List<String> groups,
        Inbound inbound,
        Outbound outbound,
        Interfaces interfaces,
        String loopbackCidr,
        boolean dropInvalid,
        boolean ipv6) {
    /// What may become part of a rule: whoever gives a value must not be able to add rules of other kinds.
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9*:][A-Za-z0-9.:/_@+*-]{0,63}");

    /// @throws IllegalArgumentException for a value that is no port, range, name or number
    public InterceptionSettings {
        Stream.of(
                        users,
                        groups,
                        inbound.include(),
                        inbound.exclude(),
                        outbound.includeRanges(),
                        outbound.excludeRanges(),
                        outbound.includePorts(),
                        outbound.excludePorts(),
                        outbound.excludeGroups(),
                        interfaces.exclude(),
                        interfaces.virtual(),
                        List.of(loopbackCidr))
                .flatMap(List::stream)
                .filter(word -> !WORD.matcher(word).matches())
                .findFirst()
                .ifPresent(word -> {
                    throw new IllegalArgumentException(
                            "'" + word + "' cannot be part of a rule (expected: a port, a range, a number or a name)");
                });
    }

    /// Which inbound ports.
    public record Inbound(List<String> include, List<String> exclude) {}

    /// Which outbound connections, by address, port and group of the process.
    public record Outbound(
            List<String> includeRanges,
            List<String> excludeRanges,
            List<String> includePorts,
            List<String> excludePorts,
            List<String> excludeGroups) {}

    /// @param exclude interfaces left alone
    /// @param virtual interfaces of virtual machines, whose traffic counts as outbound
    public record Interfaces(List<String> exclude, List<String> virtual) {}

    public InterceptionSettings withIpv6(boolean enabled) {
        return new InterceptionSettings(
                proxyPort,
                inboundCapturePort,
                inboundTunnelPort,
                users,
                groups,
                inbound,
                outbound,
                interfaces,
                loopbackCidr,
                dropInvalid,
                enabled);
    }

    /// All inbound ports and all outbound addresses, for the proxy's usual user.
    public static InterceptionSettings everything() {
        return new InterceptionSettings(
                15001,
                15006,
                15008,
                List.of("1337"),
                List.of("1337"),
                new Inbound(List.of("*"), List.of("15020", "15021", "15090")),
                new Outbound(List.of("*"), List.of(), List.of(), List.of(), List.of()),
                new Interfaces(List.of(), List.of()),
                "127.0.0.1/32",
                false,
                false);
    }
}
