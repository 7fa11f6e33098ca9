package dev.lateen.model.validate;

/// Istio's rules for MeshNetworks. Thread: any. Source: Istio's reference of MeshNetworks.
final class MeshNetworksRules {
    private MeshNetworksRules() {}

    static void check(View settings) {
        for (View.Entry network : settings.entries("networks")) {
            if (network.key().value().isEmpty()) {
                settings.report().error(network.key(), "missing-required", "network has no name");
            }
            network.object().ifPresent(MeshNetworksRules::network);
        }
    }

    private static void network(View network) {
        for (View endpoints : network.objects("endpoints")) {
            boolean cidr = endpoints.has("fromCidr");
            if (cidr && !IpAddresses.isSubnet(endpoints.text("fromCidr"))) {
                endpoints.error("fromCidr", "bad-address", "not a subnet", "such as 10.1.0.0/16");
            }
            if (!cidr && !endpoints.filled("fromRegistry")) {
                endpoints
                        .report()
                        .error(endpoints.spot(), "missing-required", "neither fromCidr nor fromRegistry is set");
            }
        }
        for (View gateway : network.objects("gateways")) {
            String address = gateway.text("address");
            if (gateway.has("registryServiceName")) {
                Checks.fqdn(gateway.report(), gateway.spot("registryServiceName"));
            } else if (!IpAddresses.isAddress(address)
                    && !HostNames.faultOfFqdn(address).isEmpty()) {
                gateway.error("address", "bad-address", "neither an IP address nor a host name");
            }
            Checks.port(gateway, "port");
        }
    }
}
