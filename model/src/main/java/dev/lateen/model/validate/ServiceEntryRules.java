package dev.lateen.model.validate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Istio's rules for a ServiceEntry. Thread: any one. Source: Istio's reference of ServiceEntry.
final class ServiceEntryRules {
    private final Report report;
    private final Subject subject;

    ServiceEntryRules(Report report, Subject subject) {
        this.report = report;
        this.subject = subject;
    }

    void check(View spec) {
        Checks.selector(spec, "workloadSelector", "labels");
        boolean selected = spec.has("workloadSelector");
        if (selected && spec.size("endpoints") > 0) {
            spec.error("endpoints", "oneof", "only one of workloadSelector and endpoints can be set");
        }
        hosts(spec);
        Set<String> portNames = ports(spec);
        switch (spec.text("resolution")) {
            case "STATIC" -> staticEndpoints(spec, portNames);
            case "DNS", "DNS_ROUND_ROBIN" -> dns(spec, portNames);
            case "DYNAMIC_DNS" -> dynamicDns(spec);
            default -> unresolved(spec, selected);
        }
        Checks.exportTo(spec, subject.namespace());
    }

    private void hosts(View spec) {
        if (spec.size("hosts") == 0) {
            spec.error("hosts", "missing-required", "service entry has no hosts");
        }
        for (Spot host : spec.items("hosts")) {
            if (host.value().equals("*")) {
                report.error(host, "bad-host", "'*' cannot name a service", "a host name or *.domain");
                continue;
            }
            Checks.wildcardHost(report, host);
            if (HostNames.isPartialWildcard(host.value())) {
                report.warning(host, "bad-host", "a wildcard should be the whole first label", "write *.domain");
            }
        }
        Checks.subnets(spec, "addresses");
        boolean cidr = spec.items("addresses").stream()
                .anyMatch(address -> address.value().contains("/"));
        String resolution = spec.text("resolution");
        if (cidr && !Set.of("", "NONE", "STATIC").contains(resolution)) {
            spec.error("addresses", "conflict", "subnets need resolution NONE or STATIC", "single addresses");
        }
    }

    private Set<String> ports(View spec) {
        Set<String> names = new HashSet<>();
        Set<Long> numbers = new HashSet<>();
        boolean autoAddress = !Set.of("", "NONE").contains(spec.text("resolution"))
                && !subject.labels()
                        .getOrDefault("networking.istio.io/enable-autoallocate-ip", "")
                        .equals("false");
        List<View> tcpPorts = new ArrayList<>();
        for (View port : spec.objects("ports")) {
            port(port, names, numbers);
            if (!Protocol.isHttp(port.text("protocol"))) {
                tcpPorts.add(port);
            }
            if (spec.size("addresses") == 0 && !autoAddress && Protocol.isTcpOrUnset(port.text("protocol"))) {
                report.warning(
                        port.spot("protocol"),
                        "ineffective",
                        "a TCP port without addresses matches every destination address",
                        "set addresses, or a resolution for which they are allocated");
            }
        }
        severalHosts(spec, tcpPorts);
        return names;
    }

    /// Only HTTP's host and TLS's server name tell hosts apart that share a port.
    private void severalHosts(View spec, List<View> tcpPorts) {
        if (spec.size("hosts") < 2 || Set.of("", "NONE").contains(spec.text("resolution"))) {
            return;
        }
        for (View port : tcpPorts) {
            if (!Protocol.isTls(port.text("protocol"))) {
                report.error(
                        port.spot("protocol"),
                        "conflict",
                        "several hosts cannot be told apart at this port",
                        "HTTP, HTTPS or TLS, or one ServiceEntry a host");
            }
        }
        if (spec.text("resolution").startsWith("DNS") && spec.size("addresses") > 0 && !tcpPorts.isEmpty()) {
            report.warning(
                    tcpPorts.getFirst().spot(),
                    "conflict",
                    "several hosts share the addresses, which TCP cannot tell apart",
                    "write one ServiceEntry a host");
        }
    }

    private void port(View port, Set<String> names, Set<Long> numbers) {
        if (!port.filled("name")) {
            port.error("name", "missing-required", "port has no name");
        } else if (!HostNames.isLabel(port.text("name"))) {
            port.error("name", "bad-format", "not a valid port name", "letters, digits and -");
        }
        if (!names.add(port.text("name"))) {
            port.error("name", "duplicate", "port name is given twice");
        }
        Checks.port(port, "number");
        if (!numbers.add(port.number("number"))) {
            port.error("number", "duplicate", "port number is given twice");
        }
        Checks.portIfSet(port, "targetPort");
        if (port.filled("protocol") && !Protocol.isKnown(port.text("protocol"))) {
            port.error(
                    "protocol",
                    "bad-enum-value",
                    "protocol is not known",
                    "HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, TCP, TLS, MONGO, REDIS or MYSQL");
        }
    }

    private void unresolved(View spec, boolean selected) {
        if (spec.size("endpoints") > 0) {
            spec.error(
                    "endpoints",
                    "conflict",
                    "resolution NONE sends to the original address, endpoints have no use",
                    "resolution STATIC or DNS");
        }
        if (selected) {
            spec.warning(
                    "workloadSelector",
                    "ineffective",
                    "resolution NONE sends to the original address, workloads are not selected",
                    "set resolution STATIC");
        }
    }

    private void staticEndpoints(View spec, Set<String> portNames) {
        for (View endpoint : spec.objects("endpoints")) {
            String address = endpoint.text("address");
            if (address.startsWith("unix://")) {
                unixEndpoint(endpoint, spec);
                continue;
            }
            if (WorkloadEntryRules.lacksAddress(endpoint)) {
                continue;
            }
            if (!IpAddresses.isAddress(address)) {
                endpoint.error("address", "bad-address", "not an IP address", "an IP address, or resolution DNS");
            }
            endpointPorts(endpoint, portNames);
        }
    }

    private void unixEndpoint(View endpoint, View spec) {
        WorkloadEntryRules.unix(endpoint);
        if (spec.size("ports") != 1) {
            spec.error("ports", "conflict", "a Unix socket serves exactly one port", "one port");
        }
    }

    private void dns(View spec, Set<String> portNames) {
        List<View> endpoints = spec.objects("endpoints");
        if (endpoints.isEmpty()) {
            for (Spot host : spec.items("hosts")) {
                String fault = HostNames.faultOfFqdn(host.value());
                if (!fault.isEmpty()) {
                    report.error(
                            host,
                            "bad-host",
                            "without endpoints the host itself is looked up, " + fault,
                            "a full host name, or endpoints");
                }
            }
        }
        if (spec.text("resolution").equals("DNS_ROUND_ROBIN") && endpoints.size() > 1) {
            spec.error("endpoints", "conflict", "DNS_ROUND_ROBIN takes one endpoint at most", "resolution DNS");
        }
        for (View endpoint : endpoints) {
            if (WorkloadEntryRules.lacksAddress(endpoint)) {
                continue;
            }
            String address = endpoint.text("address");
            if (!HostNames.faultOfFqdn(address).isEmpty() && !IpAddresses.isAddress(address)) {
                endpoint.error("address", "bad-address", "neither a host name nor an IP address");
            }
            endpointPorts(endpoint, portNames);
        }
    }

    private void dynamicDns(View spec) {
        if (spec.size("addresses") > 0) {
            spec.error("addresses", "conflict", "DYNAMIC_DNS looks up the asked host, addresses have no use");
        }
        if (spec.size("endpoints") > 0) {
            spec.error("endpoints", "conflict", "DYNAMIC_DNS looks up the asked host, endpoints have no use");
        }
        for (Spot host : spec.items("hosts")) {
            if (!host.value().startsWith("*")) {
                report.error(host, "bad-host", "DYNAMIC_DNS needs a wildcard", "*.domain, or resolution DNS");
            }
        }
        for (View port : spec.objects("ports")) {
            String protocol = port.text("protocol");
            if (!Protocol.isHttp(protocol) && !Protocol.isTls(protocol)) {
                port.error(
                        "protocol",
                        "conflict",
                        "DYNAMIC_DNS needs a host in the traffic",
                        "HTTP, HTTP2, GRPC, HTTPS or TLS");
            }
            if (port.filled("targetPort") && port.number("targetPort") != port.number("number")) {
                port.warning(
                        "targetPort",
                        "no-effect",
                        "has no effect with DYNAMIC_DNS: the asked host is reached at the port that is asked for",
                        "leave it out, or give the port that hosts listen on as number");
            }
        }
        boolean waypoint = subject.labels().containsKey("istio.io/use-waypoint");
        if (waypoint && spec.text("location").equals("MESH_INTERNAL")) {
            spec.error(
                    "location",
                    "unsupported",
                    "MESH_INTERNAL with DYNAMIC_DNS does not work at waypoints",
                    "MESH_EXTERNAL");
        }
    }

    private void endpointPorts(View endpoint, Set<String> portNames) {
        Checks.labels(endpoint, "labels");
        for (View.Entry port : endpoint.entries("ports")) {
            if (!portNames.contains(port.key().value())) {
                report.error(
                        port.key(),
                        "reference-not-found",
                        "the service entry has no port of this name",
                        "one of "
                                + String.join(", ", portNames.stream().sorted().toList()));
            }
        }
        WorkloadEntryRules.ports(endpoint);
    }
}
