package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Spelling;
import java.util.List;
import java.util.Set;

/// Istio's rules for one `when` of an AuthorizationPolicy. Thread: any one. Source: Istio, "Authorization policy
/// conditions".
final class ConditionRules {
    private static final Set<String> IP_KEYS = Set.of("source.ip", "remote.ip", "destination.ip");
    private static final Set<String> PLAIN_KEYS = Set.of(
            "source.namespace",
            "source.principal",
            "source.trustDomain",
            "request.auth.principal",
            "request.auth.audiences",
            "request.auth.presenter",
            "connection.sni");
    private static final List<String> ALL_KEYS = List.of(
            "source.ip",
            "remote.ip",
            "destination.ip",
            "destination.port",
            "source.namespace",
            "source.principal",
            "source.serviceAccount",
            "source.trustDomain",
            "request.headers[NAME]",
            "request.auth.principal",
            "request.auth.audiences",
            "request.auth.presenter",
            "request.auth.claims[NAME]",
            "connection.sni");

    private final Report report;

    ConditionRules(Report report) {
        this.report = report;
    }

    void check(View when) {
        String key = when.text("key");
        if (!isKnown(key)) {
            Spot spot = when.spot("key");
            report.add(Diagnostic.error("bad-enum-value", spot.at(), spot.path(), "attribute is not known")
                    .withValue(spot.shownValue())
                    .withExpected("one of " + String.join(", ", ALL_KEYS))
                    .withAdvice(Spelling.advice(key, ALL_KEYS)));
        }
        for (String field : List.of("values", "notValues")) {
            if (IP_KEYS.contains(key)) {
                Checks.subnets(when, field);
            }
            for (Spot value : when.items(field)) {
                value(key, value);
            }
        }
    }

    private void value(String key, Spot value) {
        if (value.value().isEmpty()) {
            report.error(value, "bad-format", "value is empty", "a value, or * for any");
        } else if (key.equals("destination.port")) {
            port(report, value);
        } else if (key.equals("source.serviceAccount")) {
            serviceAccount(report, value);
        }
    }

    static boolean isIdentity(String key) {
        return key.startsWith("source.namespace")
                || key.startsWith("source.principal")
                || key.startsWith("source.serviceAccount")
                || key.startsWith("request.auth.");
    }

    static void port(Report report, Spot port) {
        boolean number = !port.value().isEmpty()
                && port.value().length() <= 5
                && port.value().chars().allMatch(next -> next >= '0' && next <= '9')
                && Integer.parseInt(port.value()) >= 1
                && Integer.parseInt(port.value()) <= 65535;
        if (!number) {
            report.error(port, "bad-format", "not a port number", Checks.PORT_RANGE);
        }
    }

    static void serviceAccount(Report report, Spot account) {
        String[] parts = account.value().split("/", -1);
        boolean fits = parts.length <= 2;
        for (String part : parts) {
            fits &= !part.isEmpty() && !part.contains("*");
        }
        if (!fits) {
            report.error(account, "bad-format", "not a service account", "account or namespace/account");
        }
    }

    private static boolean isKnown(String key) {
        boolean plain = IP_KEYS.contains(key)
                || PLAIN_KEYS.contains(key)
                || key.equals("destination.port")
                || key.equals("source.serviceAccount");
        return plain
                || hasName(key, "request.headers")
                || hasName(key, "request.auth.claims")
                || key.startsWith("experimental.envoy.filters.");
    }

    /// `prefix[name]`, where claims may nest: `prefix[a][b]`.
    private static boolean hasName(String key, String prefix) {
        return key.startsWith(prefix + "[") && key.endsWith("]") && key.length() > prefix.length() + 2;
    }
}
