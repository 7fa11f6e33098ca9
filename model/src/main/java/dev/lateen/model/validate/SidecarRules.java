package dev.lateen.model.validate;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Istio's rules for a Sidecar. Thread: any one. Source: Istio's reference of Sidecar.
final class SidecarRules {
    /// Unless the mesh or the pod says otherwise: traffic captured out and in, readiness, metrics.
    private static final Set<Long> OWN_PORTS = Set.of(15001L, 15006L, 15021L, 15090L);

    private static final Set<String> EVERYWHERE = Set.of("", "0.0.0.0", "::");

    private static final String UNIX = "unix://";
    private static final Pattern LOCAL_ENDPOINT =
            Pattern.compile("(?:127\\.0\\.0\\.1|0\\.0\\.0\\.0|\\[::1\\]|\\[::\\])?:(\\d{1,5})");

    private final Report report;
    private final Subject subject;

    SidecarRules(Report report, Subject subject) {
        this.report = report;
        this.subject = subject;
    }

    void check(View spec) {
        Checks.selector(spec, "workloadSelector", "labels");
        boolean any = spec.size("ingress") > 0
                || spec.size("egress") > 0
                || spec.hasAny("outboundTrafficPolicy", "inboundConnectionPool");
        if (!any) {
            report.error(
                    spec.spot(),
                    "missing-required",
                    "sidecar says nothing",
                    "ingress, egress or outboundTrafficPolicy");
        }
        Set<Long> ports = new HashSet<>();
        spec.objects("ingress").forEach(ingress -> ingress(ingress, ports));
        spec.object("inboundConnectionPool").ifPresent(ConnectionPoolRules::check);
        egress(spec);
        spec.object("outboundTrafficPolicy").ifPresent(this::outboundPolicy);
    }

    private void ingress(View ingress, Set<Long> ports) {
        View port = ingress.object("port").orElse(null);
        if (port == null) {
            ingress.error("port", "missing-required", "port is missing");
            return;
        }
        portName(port);
        protocol(port);
        Checks.port(port, "number");
        noTargetPort(port);
        if (!ports.add(port.number("number"))) {
            port.error("number", "duplicate", "port number is given twice");
        }
        if (ingress.filled("bind")) {
            Checks.ip(ingress, "bind");
        }
        if (OWN_PORTS.contains(port.number("number"))
                && ingress.text("captureMode").equals("NONE")
                && EVERYWHERE.contains(ingress.text("bind"))) {
            port.warning(
                    "number",
                    "ineffective",
                    "the sidecar has this port itself: the listener is left out",
                    "another port, or bind to an address");
        }
        defaultEndpoint(ingress);
        ingress.object("tls").ifPresent(tls -> ingressTls(tls, port));
        ingress.object("connectionPool").ifPresent(pool -> {
            ConnectionPoolRules.check(pool);
            if (pool.has("http") && !Protocol.isHttp(port.text("protocol"))) {
                pool.warning(
                        "http",
                        "ineffective",
                        "HTTP limits have no effect at a port that is not HTTP",
                        "set the port's protocol to HTTP, or use tcp");
            }
        });
    }

    private void defaultEndpoint(View ingress) {
        String endpoint = ingress.text("defaultEndpoint");
        if (endpoint.isEmpty()) {
            return;
        }
        Spot spot = ingress.spot("defaultEndpoint");
        if (endpoint.startsWith(UNIX)) {
            Checks.unixPath(report, spot, endpoint.substring(UNIX.length()));
            return;
        }
        var local = LOCAL_ENDPOINT.matcher(endpoint);
        if (!local.matches()) {
            report.error(
                    spot,
                    "bad-address",
                    "not an endpoint of the workload",
                    "127.0.0.1:PORT, 0.0.0.0:PORT, [::1]:PORT, [::]:PORT or unix:///path");
        } else {
            Checks.port(report, spot, Long.parseLong(local.group(1)));
        }
    }

    private void ingressTls(View tls, View port) {
        if (tls.flag("httpsRedirect")) {
            tls.error("httpsRedirect", "unsupported", "sidecars do not redirect");
        }
        for (String field : List.of("credentialName", "credentialNames", "subjectAltNames", "tlsCertificates")) {
            if (tls.filled(field)) {
                tls.error(field, "unsupported", field + " is not supported in sidecars", "certificate files");
            }
        }
        if (Set.of("ISTIO_MUTUAL", "AUTO_PASSTHROUGH").contains(tls.text("mode"))) {
            tls.error("mode", "unsupported", "mode is not supported in sidecars", "SIMPLE, MUTUAL or OPTIONAL_MUTUAL");
        }
        if (!Protocol.isTls(port.text("protocol"))) {
            report.error(tls.spot(), "conflict", "TLS settings need protocol HTTPS or TLS", "protocol HTTPS or TLS");
        }
        ServerTlsRules.check(tls);
    }

    private void egress(View spec) {
        List<View> listeners = spec.objects("egress");
        Set<Long> ports = new HashSet<>();
        Set<String> sockets = new HashSet<>();
        int catchAll = -1;
        for (int index = 0; index < listeners.size(); index++) {
            View listener = listeners.get(index);
            if (!listener.has("port")) {
                if (catchAll >= 0) {
                    report.error(listener.spot(), "conflict", "only one egress listener can do without a port");
                } else if (index < listeners.size() - 1) {
                    report.error(
                            listener.spot(), "conflict", "the egress listener without a port must be the last one");
                }
                catchAll = index;
            } else {
                egressPort(listener, ports, sockets);
            }
            egressHosts(listener);
        }
    }

    private void egressPort(View listener, Set<Long> ports, Set<String> sockets) {
        View port = listener.object("port").orElse(null);
        if (port == null) {
            return;
        }
        portName(port);
        protocol(port);
        noTargetPort(port);
        String bind = listener.text("bind");
        if (port.number("number") != 0) {
            Checks.port(port, "number");
            if (!bind.isEmpty()) {
                Checks.ip(listener, "bind");
            }
            if (!ports.add(port.number("number"))) {
                port.error("number", "duplicate", "port number is given twice");
            }
            return;
        }
        if (!bind.startsWith(UNIX)) {
            listener.error(
                    "bind", "bad-address", "a port without a number needs a Unix socket", "unix:///path/to/socket");
        } else {
            Checks.unixPath(report, listener.spot("bind"), bind.substring(UNIX.length()));
        }
        if (listener.text("captureMode").equals("IPTABLES")) {
            listener.error("captureMode", "conflict", "a Unix socket is not captured", "DEFAULT or NONE");
        }
        if (!sockets.add(bind)) {
            listener.error("bind", "duplicate", "Unix socket is given twice");
        }
    }

    private void egressHosts(View listener) {
        List<Spot> hosts = listener.items("hosts");
        if (hosts.isEmpty()) {
            listener.error("hosts", "missing-required", "egress listener has no hosts", "namespace/host, such as ./*");
        }
        Set<String> seen = new HashSet<>();
        for (Spot host : hosts) {
            ScopedHosts.check(report, host, true, true);
            seen.add(scoped(host));
        }
        if (seen.contains("*/*") && hosts.size() > 1) {
            listener.warning(
                    "hosts", "ineffective", "*/* takes in all hosts, the others add nothing", "keep one of them");
            return;
        }
        Set<String> before = new HashSet<>();
        for (Spot host : hosts) {
            String name = scoped(host);
            String namespace = name.substring(0, Math.max(0, name.indexOf('/')));
            boolean covered = !name.equals(namespace + "/*") && seen.contains(namespace + "/*");
            if (!before.add(name) || covered) {
                report.warning(host, "duplicate", "host is taken in by another entry of the list", "remove it");
            }
        }
    }

    /// The host with `.` replaced by the namespace it stands for.
    private String scoped(Spot host) {
        return host.value().startsWith("./")
                ? subject.namespace() + host.value().substring(1)
                : host.value();
    }

    private void outboundPolicy(View policy) {
        policy.object("egressProxy").ifPresent(proxy -> {
            // The first word of the enumeration holds where nothing is said.
            if (!policy.text("mode").equals("ALLOW_ANY")) {
                policy.error("egressProxy", "conflict", "an egress proxy needs mode ALLOW_ANY", "mode: ALLOW_ANY");
            }
            Checks.fqdn(report, proxy.spot("host"));
            if (!proxy.has("port")) {
                proxy.error("port", "missing-required", "an egress proxy needs a port", "port: {number: …}");
            }
            DestinationRules.check(proxy, false);
        });
    }

    private static void noTargetPort(View port) {
        if (port.number("targetPort") != 0) {
            port.error("targetPort", "unsupported", "targetPort has no effect in sidecars", "defaultEndpoint");
        }
    }

    private static void portName(View port) {
        if (port.filled("name") && !HostNames.isLabel(port.text("name"))) {
            port.error("name", "bad-format", "not a valid port name", "letters, digits and -");
        }
    }

    private static void protocol(View port) {
        if (port.filled("protocol") && !Protocol.isKnown(port.text("protocol"))) {
            port.error(
                    "protocol",
                    "bad-enum-value",
                    "protocol is not known",
                    "HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, TCP, TLS, MONGO, REDIS or MYSQL");
        }
    }
}
