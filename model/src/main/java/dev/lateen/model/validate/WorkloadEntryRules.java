package dev.lateen.model.validate;

/// Istio's rules for a WorkloadEntry. Thread: any. Source: Istio's reference of WorkloadEntry.
final class WorkloadEntryRules {
    private static final String UNIX = "unix://";

    private WorkloadEntryRules() {}

    static void check(View entry) {
        String address = entry.text("address");
        Checks.labels(entry, "labels");
        if (address.startsWith(UNIX)) {
            unix(entry);
            return;
        }
        if (!lacksAddress(entry) && !HostNames.faultOfFqdn(address).isEmpty() && !IpAddresses.isAddress(address)) {
            entry.error("address", "bad-address", "neither a host name nor an IP address");
        }
        ports(entry);
    }

    /// Whether there is no address; reports it. With a network, the network's gateway stands in.
    static boolean lacksAddress(View entry) {
        if (entry.filled("address")) {
            return false;
        }
        if (entry.filled("network")) {
            entry.warning("address", "ineffective", "no address, so only the network's gateway is used", "set address");
        } else {
            entry.error("address", "missing-required", "address is missing", "an IP address or a host name");
        }
        return true;
    }

    static void unix(View entry) {
        Checks.unixPath(
                entry.report(), entry.spot("address"), entry.text("address").substring(UNIX.length()));
        if (entry.filled("ports")) {
            entry.error("ports", "conflict", "a Unix socket has no ports", "no ports");
        }
    }

    static void ports(View entry) {
        for (View.Entry port : entry.entries("ports")) {
            if (!HostNames.isLabel(port.key().value())) {
                entry.report().error(port.key(), "bad-format", "not a valid port name", "letters, digits and -");
            }
            long number = port.value().value().chars().allMatch(Character::isDigit)
                            && port.value().value().length() < 10
                    ? Long.parseLong("0" + port.value().value())
                    : 0;
            Checks.port(entry.report(), port.value(), number);
        }
    }
}
