package dev.lateen.model.validate;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Istio's rules for a WorkloadGroup. Thread: any. Source: Istio's reference of WorkloadGroup.
final class WorkloadGroupRules {
    private static final Pattern HEADER_NAME = Pattern.compile("[-_A-Za-z0-9]+");

    private WorkloadGroupRules() {}

    static void check(View spec) {
        if (!spec.has("template")) {
            spec.error("template", "missing-required", "template is missing");
        }
        spec.object("metadata").ifPresent(metadata -> Checks.labels(metadata, "labels"));
        spec.object("template").ifPresent(template -> {
            Checks.labels(template, "labels");
            WorkloadEntryRules.ports(template);
        });
        spec.object("probe").ifPresent(WorkloadGroupRules::probe);
    }

    private static void probe(View probe) {
        Checks.notNegative(
                probe,
                "initialDelaySeconds",
                "timeoutSeconds",
                "periodSeconds",
                "successThreshold",
                "failureThreshold");
        if (!probe.hasAny("httpGet", "tcpSocket", "exec", "grpc")) {
            probe.report()
                    .error(probe.spot(), "missing-required", "probe has no method", "httpGet, tcpSocket, exec or grpc");
        }
        probe.object("httpGet").ifPresent(WorkloadGroupRules::http);
        for (String method : List.of("tcpSocket", "grpc")) {
            probe.object(method).ifPresent(socket -> Checks.port(socket, "port"));
        }
        probe.object("exec")
                .filter(exec -> exec.size("command") == 0)
                .ifPresent(exec -> exec.error("command", "missing-required", "command is missing"));
    }

    private static void http(View get) {
        Checks.port(get, "port");
        if (get.filled("scheme") && !Set.of("HTTP", "HTTPS").contains(get.text("scheme"))) {
            get.error("scheme", "bad-enum-value", "scheme is not known", "HTTP or HTTPS");
        }
        for (View header : get.objects("httpHeaders")) {
            if (!HEADER_NAME.matcher(header.text("name")).matches()) {
                header.error("name", "bad-header", "not a header name", "letters, digits, - and _");
            }
        }
    }
}
