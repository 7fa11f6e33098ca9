package dev.lateen.model.validate;

import java.util.ArrayList;
import java.util.List;

/// Istio's rules for a VirtualService. Thread: any one. Source: Istio's reference of VirtualService.
final class VirtualServiceRules {
    private final Report report;
    private final Subject subject;

    VirtualServiceRules(Report report, Subject subject) {
        this.report = report;
        this.subject = subject;
    }

    void check(View spec) {
        boolean delegated = spec.size("hosts") == 0;
        GatewayNames.check(spec, subject.fromGatewayApi());
        List<Spot> gateways = spec.items("gateways");
        boolean atMesh = gateways.isEmpty()
                || gateways.stream().anyMatch(name -> name.value().equals(GatewayNames.MESH));
        boolean atGateway = !atMesh;
        if (!atGateway) {
            refuseClaims(spec);
        }
        if (delegated) {
            delegate(spec);
        } else {
            hosts(spec, atMesh);
        }
        if (spec.size("http") + spec.size("tcp") + spec.size("tls") == 0) {
            report.error(spec.spot(), "missing-required", "no http, tcp or tls rules");
        }
        HttpRouteRules routes = new HttpRouteRules(report, delegated, subject.fromGatewayApi());
        spec.objects("http").forEach(routes::check);
        spec.objects("tls").forEach(route -> tls(route, spec));
        spec.objects("tcp").forEach(this::tcp);
        Checks.exportTo(spec, subject.namespace());
        new UnreachableRules(report).check(spec);
    }

    private void delegate(View spec) {
        if (spec.size("gateways") > 0) {
            spec.error("gateways", "conflict", "a VirtualService without hosts is a delegate and cannot name gateways");
        }
        for (String field : List.of("tcp", "tls")) {
            if (spec.size(field) > 0) {
                spec.error(
                        field, "conflict", "a VirtualService without hosts is a delegate and can hold only http rules");
            }
        }
    }

    private void hosts(View spec, boolean atMesh) {
        List<Spot> valid = new ArrayList<>();
        for (Spot host : spec.items("hosts")) {
            boolean clusterSni = !atMesh && ClusterSni.isName(host.value());
            String fault = clusterSni ? "" : HostNames.faultOfWildcard(host.value());
            if (!fault.isEmpty() && !IpAddresses.isAddress(host.value())) {
                report.error(host, "bad-host", fault, "a host name, *.domain, or an IP address");
            } else if (atMesh && host.value().equals("*")) {
                report.error(
                        host,
                        "bad-host",
                        "'*' is allowed only at gateways",
                        "list the hosts, or name gateways other than mesh");
            } else {
                valid.add(host);
            }
        }
        if (valid.size() != spec.size("hosts")) {
            return;
        }
        for (int first = 0; first < valid.size(); first++) {
            for (int second = first + 1; second < valid.size(); second++) {
                if (HostNames.overlap(
                        valid.get(first).value(), valid.get(second).value())) {
                    report.error(
                            valid.get(second),
                            "duplicate",
                            "host overlaps with '" + valid.get(first).value() + "' in the same VirtualService");
                }
            }
        }
    }

    private void refuseClaims(View spec) {
        for (View route : spec.objects("http")) {
            for (View match : route.objects("match")) {
                for (String field : List.of("headers", "withoutHeaders")) {
                    for (View.Entry header : match.entries(field)) {
                        if (JwtClaims.isClaim(header.key().value())) {
                            report.error(
                                    header.key(), "unsupported", "claims of tokens can steer routes only at gateways");
                        }
                    }
                }
            }
        }
    }

    private void tls(View route, View spec) {
        List<View> matches = route.objects("match");
        if (matches.isEmpty()) {
            route.error("match", "missing-required", "a TLS rule needs at least one match");
        }
        for (View match : matches) {
            if (match.size("sniHosts") == 0) {
                match.error("sniHosts", "missing-required", "a TLS match needs at least one SNI host");
            }
            match.items("sniHosts").forEach(host -> sniHost(host, spec));
            common(match);
        }
        weighted(route);
    }

    private void sniHost(Spot sni, View spec) {
        String fault = ClusterSni.isName(sni.value()) ? "" : HostNames.faultOfWildcard(sni.value());
        if (!fault.isEmpty() && IpAddresses.isAddress(sni.value())) {
            report.warning(
                    sni, "ineffective", "clients send no server name for an IP address", "match by destinationSubnets");
        } else if (!fault.isEmpty()) {
            report.error(sni, "bad-host", fault, "a host name, of which the first label may be *");
        } else if (spec.items("hosts").stream().noneMatch(host -> HostNames.covers(host.value(), sni.value()))) {
            report.error(sni, "bad-host", "SNI host is none of the VirtualService's hosts", "a host within spec.hosts");
        }
    }

    private void tcp(View route) {
        route.objects("match").forEach(this::common);
        weighted(route);
    }

    private void common(View match) {
        Checks.subnets(match, "destinationSubnets");
        if (match.filled("sourceSubnet") && !IpAddresses.isSubnet(match.text("sourceSubnet"))) {
            match.error("sourceSubnet", "bad-address", "not an IP address or subnet");
        }
        Checks.portIfSet(match, "port");
        Checks.labels(match, "sourceLabels");
        GatewayNames.check(match, subject.fromGatewayApi());
    }

    private void weighted(View route) {
        List<View> destinations = route.objects("route");
        if (destinations.isEmpty()) {
            route.error("route", "missing-required", "rule has no route");
        }
        long total = 0;
        for (View weighted : destinations) {
            DestinationRules.require(weighted, "destination", subject.fromGatewayApi());
            Checks.notNegative(weighted, "weight");
            total += Math.max(0, weighted.number("weight"));
        }
        if (destinations.size() > 1 && total == 0) {
            route.error("route", "bad-weights", "the sum of all weights is 0", "a sum above 0");
        }
    }
}
