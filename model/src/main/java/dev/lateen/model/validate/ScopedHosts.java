package dev.lateen.model.validate;

/// Rules for hosts written as `namespace/host`, at gateways and in sidecars. Thread: any.
final class ScopedHosts {
    private ScopedHosts() {}

    /// @param sidecar whether the host stands in a Sidecar rather than in a Gateway
    /// @param noNamespace whether `~` is allowed at a gateway too
    static void check(Report report, Spot host, boolean sidecar, boolean noNamespace) {
        int slash = host.value().indexOf('/');
        if (slash < 0) {
            report.error(
                    host, "bad-format", "namespace is missing", "namespace/host, such as ./* or */api.example.com");
            return;
        }
        String namespace = host.value().substring(0, slash);
        String name = host.value().substring(slash + 1);
        boolean special =
                namespace.equals("*") || namespace.equals(".") || (namespace.equals("~") && (sidecar || noNamespace));
        if (!special && !HostNames.isLabel(namespace)) {
            report.error(host, "bad-namespace", "'" + namespace + "' is not a namespace", "a namespace, * or .");
        }
        name(report, host, name, sidecar);
    }

    static void name(Report report, Spot host, String name, boolean sidecar) {
        if (!name.equals("*") && !name.contains(".") && !name.contains(":")) {
            report.error(host, "bad-host", "short names are not allowed here", "a full host name, or *");
        }
        String fault = HostNames.faultOfWildcard(name);
        if (!fault.isEmpty() && (sidecar || !IpAddresses.isAddress(name))) {
            report.error(host, "bad-host", fault, "a host name, of which the first label may be *");
        }
        if (HostNames.isPartialWildcard(name)) {
            report.error(host, "bad-host", "a wildcard must be the whole first label", "*.domain");
        }
    }
}
