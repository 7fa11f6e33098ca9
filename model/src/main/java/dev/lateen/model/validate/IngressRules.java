package dev.lateen.model.validate;

import java.util.List;

/// Kubernetes' rules for an Ingress, whichever program serves it: what breaks them no API server takes. Paths that are
/// compared as the program likes may be patterns. Thread: any. Source: Kubernetes, "Ingress".
final class IngressRules {
    private static final List<String> NEVER_IN_PATHS = List.of("//", "/./", "/../", "%2f", "%2F");

    private IngressRules() {}

    static void check(View spec) {
        if (!spec.has("defaultBackend") && spec.size("rules") == 0) {
            spec.error("rules", "missing-required", "an Ingress has rules or a defaultBackend");
        }
        spec.object("defaultBackend").ifPresent(IngressRules::backend);
        for (View tls : spec.objects("tls")) {
            tls.items("hosts").forEach(host -> host(tls, host));
        }
        for (View rule : spec.objects("rules")) {
            if (rule.filled("host")) {
                host(rule, rule.spot("host"));
            }
            rule.object("http").ifPresent(http -> http.objects("paths").forEach(IngressRules::path));
        }
    }

    private static void host(View holder, Spot host) {
        String fault = HostNames.faultOfWildcard(host.value());
        boolean partial = host.value().equals("*") || HostNames.isPartialWildcard(host.value());
        if (fault.isEmpty() && partial) {
            fault = "'*' stands for the first label of a name";
        }
        if (!fault.isEmpty()) {
            holder.report().error(host, "bad-host", fault, "a host name such as shop.example.com or *.example.com");
        }
    }

    private static void path(View path) {
        String type = path.text("pathType");
        String text = path.text("path");
        if (type.equals("Exact") || type.equals("Prefix")) {
            boolean odd =
                    NEVER_IN_PATHS.stream().anyMatch(text::contains) || text.endsWith("/..") || text.endsWith("/.");
            if (!text.startsWith("/") || odd) {
                path.error("path", "bad-path", "not an absolute path", "a path such as /a/b");
            }
        }
        if (path.object("backend").isEmpty()) {
            path.error("backend", "missing-required", "path has no backend");
        }
        path.object("backend").ifPresent(IngressRules::backend);
    }

    private static void backend(View backend) {
        if (backend.has("service") == backend.has("resource")) {
            backend.error("service", "missing-required", "a backend is a service or a resource", "one of the two");
        }
        backend.object("service").ifPresent(service -> {
            if (!service.filled("name")) {
                service.error("name", "missing-required", "service has no name");
            }
            View port = service.object("port").orElse(null);
            if (port == null || (port.number("number") == 0) != port.filled("name")) {
                service.error("port", "missing-required", "port of the service is not said", "its name or its number");
            }
        });
    }
}
