package dev.lateen.model.validate;

import java.util.List;

/// Rules for a `gateways` list. Thread: any.
final class GatewayNames {
    static final String MESH = "mesh";

    private GatewayNames() {}

    static void check(View view, boolean fromGatewayApi) {
        List<Spot> gateways = view.items("gateways");
        for (Spot gateway : gateways) {
            check(view.report(), gateway, fromGatewayApi);
        }
    }

    private static void check(Report report, Spot gateway, boolean fromGatewayApi) {
        int slash = gateway.value().indexOf('/');
        if (slash < 0) {
            if (gateway.value().contains(".")) {
                String[] parts = gateway.value().split("\\.", -1);
                report.warning(
                        gateway,
                        "deprecated",
                        "gateways are named as namespace/name",
                        "write " + parts[1] + "/" + parts[0]);
            }
            Checks.fqdn(report, gateway);
            return;
        }
        String namespace = gateway.value().substring(0, slash);
        String name = gateway.value().substring(slash + 1);
        if (!HostNames.isLabel(namespace)) {
            report.error(gateway, "bad-namespace", "'" + namespace + "' is not a namespace", "namespace/name");
        }
        if (name.isEmpty() || (!HostNames.isLabel(name) && !fromGatewayApi)) {
            report.error(gateway, "bad-format", "'" + name + "' is not the name of a gateway", "namespace/name");
        }
    }
}
