package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.rbac.RbacGate;
import dev.lateen.proxy.telemetry.Stats;

/// Lets requests through or refuses them by who asks for what.
///
/// Source: Envoy's RBAC filter. Thread: event loop of the request.
final class RbacFilter implements RequestFilter {
    private static final String NAMESPACE = "envoy.filters.http.rbac";

    private final String name;
    private final RbacGate gate;

    RbacFilter(String name, FilterConfig.Rbac own, Stats stats, String statPrefix) {
        this.name = name;
        this.gate = new RbacGate(own.config(), stats, "http." + statPrefix, NAMESPACE);
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Object override = exchange.override(name);
        String refusal;
        if (override == null) {
            refusal = gate.refusal(exchange.info());
        } else if (override instanceof FilterConfig.Rbac(var route)) {
            refusal = gate.refusal(route, exchange.info());
        } else {
            return Verdict.CONTINUE;
        }
        if (refusal == null) {
            return Verdict.CONTINUE;
        }
        exchange.reply(LocalReply.of(403, "RBAC: access denied", refusal));
        return Verdict.STOP;
    }
}
