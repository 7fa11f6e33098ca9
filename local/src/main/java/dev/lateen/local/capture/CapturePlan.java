package dev.lateen.local.capture;

/// All rules that a network namespace gets.
///
/// @param routeTable where packets with the mark of [CaptureMode] are routed to this machine
/// @param nftables whether the rules are made by `nft`, else by iptables
public record CapturePlan(InterceptionSettings settings, CaptureMode mode, String routeTable, boolean nftables) {
    public static final String ROUTE_TABLE = "133";

    /// @throws IllegalArgumentException for a table or a mark that is none
    public CapturePlan {
        for (String number : new String[] {routeTable, mode.mark()}) {
            if (!number.matches("[1-9][0-9]{0,8}")) {
                throw new IllegalArgumentException("'" + number + "' (expected: a number from 1)");
            }
        }
    }

    public CapturePlan withIpv6(boolean ipv6) {
        return new CapturePlan(settings.withIpv6(ipv6), mode, routeTable, nftables);
    }

    /// @param keepingSource whether inbound connections keep their source address
    public CapturePlan transparent(boolean keepingSource) {
        return new CapturePlan(
                settings,
                new CaptureMode(keepingSource, mode.mark(), mode.names(), mode.groups()),
                routeTable,
                nftables);
    }

    /// All inbound ports and all outbound addresses, by redirection.
    ///
    /// @param names whether questions to name servers are captured too
    public static CapturePlan everything(boolean names) {
        CaptureMode redirect = CaptureMode.REDIRECT;
        return new CapturePlan(
                InterceptionSettings.everything(),
                names ? new CaptureMode(false, redirect.mark(), CaptureMode.Names.EVERY, redirect.groups()) : redirect,
                ROUTE_TABLE,
                false);
    }
}
