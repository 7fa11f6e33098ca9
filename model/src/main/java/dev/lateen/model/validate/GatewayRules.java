package dev.lateen.model.validate;

import java.util.HashSet;
import java.util.Set;

/// Istio's rules for a Gateway. Thread: any one. Source: Istio's reference of Gateway.
final class GatewayRules {
    private final Report report;
    private final Subject subject;

    GatewayRules(Report report, Subject subject) {
        this.report = report;
        this.subject = subject;
    }

    void check(View spec) {
        if (!subject.name().isEmpty() && !HostNames.isLabel(subject.name()) && !subject.fromGatewayApi()) {
            report.error(
                    new Spot(spec.spot().at(), "metadata.name", subject.name()),
                    "bad-name",
                    "a gateway's name cannot hold dots");
        }
        if (spec.size("servers") == 0) {
            spec.error("servers", "missing-required", "gateway has no servers");
        }
        Set<String> portNames = new HashSet<>();
        for (View server : spec.objects("servers")) {
            server(server);
            View port = server.object("port").orElse(null);
            if (port != null && port.filled("name") && !portNames.add(port.text("name"))) {
                port.error("name", "duplicate", "port name is given twice in this gateway");
            }
        }
    }

    private void server(View server) {
        if (server.size("hosts") == 0) {
            server.error("hosts", "missing-required", "server has no hosts", "hosts, or \"*\"");
        }
        for (Spot host : server.items("hosts")) {
            if (host.value().contains("/")) {
                ScopedHosts.check(report, host, false, subject.fromGatewayApi());
            } else {
                ScopedHosts.name(report, host, host.value(), false);
            }
        }
        port(server);
        server.object("tls").ifPresent(ServerTlsRules::check);
        tlsAndProtocol(server);
    }

    private void port(View server) {
        View port = server.object("port").orElse(null);
        String bind = server.text("bind");
        boolean unix = bind.startsWith("unix://");
        if (unix) {
            Checks.unixPath(report, server.spot("bind"), bind.substring("unix://".length()));
        } else if (!bind.isEmpty()) {
            Checks.ip(server, "bind");
        }
        if (port == null) {
            server.error("port", "missing-required", "server has no port");
            return;
        }
        if (unix && port.number("number") != 0) {
            port.error("number", "conflict", "a Unix socket has no port number", "0");
        } else if (!unix) {
            Checks.port(port, "number");
        }
        if (!Protocol.isKnown(port.text("protocol"))) {
            port.error(
                    "protocol",
                    "bad-enum-value",
                    "protocol is not known",
                    "HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, TCP, TLS, MONGO, REDIS or MYSQL");
        }
        if (!port.filled("name")) {
            port.error("name", "missing-required", "port has no name");
        }
        if (port.number("targetPort") != 0) {
            port.error("targetPort", "unsupported", "targetPort has no effect at gateways", "no targetPort");
        }
    }

    private void tlsAndProtocol(View server) {
        View port = server.object("port").orElse(null);
        if (port == null) {
            return;
        }
        String protocol = port.text("protocol");
        View tls = server.object("tls").orElse(null);
        if (tls == null) {
            if (Protocol.isTls(protocol)) {
                server.error("tls", "missing-required", protocol + " needs TLS settings", "tls with a mode");
            }
            return;
        }
        boolean onlyRedirect = tls.mapping().fields().keySet().stream()
                .noneMatch(name -> tls.has(name) && !name.equals("httpsRedirect") && !isDefaultMode(tls, name));
        if (Protocol.isHttp(protocol) && !onlyRedirect) {
            server.error(
                    "tls",
                    "conflict",
                    "plain-text HTTP ports take no TLS settings but httpsRedirect",
                    "protocol HTTPS");
        } else if (!Protocol.isHttp(protocol) && !Protocol.isTls(protocol)) {
            server.error("tls", "conflict", "TLS settings need protocol HTTPS or TLS", "protocol HTTPS or TLS");
        }
        if (tls.flag("httpsRedirect") && !Protocol.isHttp(protocol)) {
            tls.warning(
                    "httpsRedirect",
                    "ineffective",
                    "only plain HTTP can be redirected to HTTPS",
                    "move it to the HTTP server");
        }
    }

    private static boolean isDefaultMode(View tls, String name) {
        return name.equals("mode") && tls.text("mode").equals("PASSTHROUGH");
    }
}
