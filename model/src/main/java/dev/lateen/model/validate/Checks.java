package dev.lateen.model.validate;

import com.google.re2j.PatternSyntaxException;
import dev.lateen.regex.BoundedPatterns;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Checks of single values that many kinds share. Thread: any.
final class Checks {
    static final String PORT_RANGE = "a port from 1 to 65535";
    private static final int HIGHEST_PORT = 65535;
    private static final int LONGEST_REGEX = 1024;
    private static final Set<String> TARGETS = Set.of(
            "/Service",
            "core/Service",
            "networking.istio.io/ServiceEntry",
            "gateway.networking.k8s.io/Gateway",
            "gateway.networking.k8s.io/GatewayClass");

    private Checks() {}

    /// A number field that must hold a port, even where it is absent.
    static void port(View view, String field) {
        port(view.report(), view.spot(field), view.number(field));
    }

    static void port(Report report, Spot spot, long number) {
        if (number < 1 || number > HIGHEST_PORT) {
            report.error(spot, "out-of-range", "port number is out of range", PORT_RANGE);
        }
    }

    static void portIfSet(View view, String field) {
        if (view.number(field) != 0) {
            port(view, field);
        }
    }

    /// A duration that must be at least a millisecond and a whole number of them, where it is set.
    static void duration(View view, String... fields) {
        for (String field : fields) {
            view.duration(field).ifPresent(found -> {
                if (found.compareTo(Duration.ofMillis(1)) < 0) {
                    view.error(field, "out-of-range", "duration is too short", "at least 1ms");
                } else if (!found.truncatedTo(ChronoUnit.MILLIS).equals(found)) {
                    view.error(field, "out-of-range", "duration is finer than milliseconds", "whole milliseconds");
                }
            });
        }
    }

    static void notNegative(View view, String... fields) {
        for (String field : fields) {
            if (view.number(field) < 0) {
                view.error(field, "out-of-range", "must not be negative", "0 or more");
            }
        }
    }

    static void percentInteger(View view, String field) {
        if (view.number(field) < 0 || view.number(field) > 100) {
            view.error(field, "out-of-range", "not a percentage", "0 to 100");
        }
    }

    static void regex(Report report, Spot spot) {
        if (spot.value().length() > LONGEST_REGEX) {
            report.error(
                    spot, "bad-regex", "regular expression is too long", "at most " + LONGEST_REGEX + " characters");
            return;
        }
        try {
            BoundedPatterns.compile(spot.value());
        } catch (PatternSyntaxException broken) {
            report.error(spot, "bad-regex", "not a valid regular expression: " + broken.getDescription(), "RE2 syntax");
        }
    }

    static void fqdn(Report report, Spot spot) {
        String fault = HostNames.faultOfFqdn(spot.value());
        if (!fault.isEmpty()) {
            report.error(spot, "bad-host", fault, "a host name");
        }
    }

    static void wildcardHost(Report report, Spot spot) {
        String fault = HostNames.faultOfWildcard(spot.value());
        if (!fault.isEmpty()) {
            report.error(spot, "bad-host", fault, "a host name, of which the first label may be *");
        }
    }

    static void subnets(View view, String field) {
        for (Spot subnet : view.items(field)) {
            if (!IpAddresses.isSubnet(subnet.value())) {
                view.report()
                        .error(subnet, "bad-address", "not an IP address or subnet", "such as 10.1.2.3 or 10.1.0.0/16");
            }
        }
    }

    static void ip(View view, String field) {
        if (!IpAddresses.isAddress(view.text(field))) {
            view.error(field, "bad-address", "not an IP address", "such as 10.1.2.3 or fd00::1");
        }
    }

    /// The path of a Unix socket; `@` starts an abstract one.
    static void unixPath(Report report, Spot spot, String path) {
        if (path.isEmpty()) {
            report.error(spot, "bad-address", "Unix socket has no path", "unix:///path/to/socket");
        } else if (!path.startsWith("@") && (!path.startsWith("/") || path.endsWith("/"))) {
            report.error(
                    spot,
                    "bad-address",
                    "Unix socket's path is not an absolute path to a file",
                    "unix:///path/to/socket");
        }
    }

    /// Keys and values of a label map that must equal a workload's labels.
    static void labels(View view, String field) {
        for (View.Entry label : view.entries(field)) {
            if (!LabelSyntax.isKey(label.key().value())) {
                view.report()
                        .error(
                                label.key(),
                                "bad-label",
                                "not a valid label name",
                                "[prefix/]name of letters, digits, - _ .");
            }
            if (!LabelSyntax.isValue(label.value().value())) {
                view.report()
                        .error(
                                label.value(),
                                "bad-label",
                                "not a valid label value",
                                "up to 63 letters, digits, - _ .");
            }
        }
    }

    /// A `selector` with `matchLabels`, or a `workloadSelector` with `labels`.
    static void selector(View view, String field, String labelsField) {
        view.object(field).ifPresent(selector -> {
            List<View.Entry> labels = selector.entries(labelsField);
            if (labels.isEmpty()) {
                view.warning(
                        field,
                        "empty-selector",
                        "selector names no labels",
                        "leave it out to select everything, or add labels");
            }
            for (View.Entry label : labels) {
                if (label.key().value().isEmpty()) {
                    view.report().error(label.key(), "bad-label", "label name is empty");
                } else if (label.key().value().contains("*")
                        || label.value().value().contains("*")) {
                    view.report()
                            .error(
                                    label.value(),
                                    "bad-label",
                                    "wildcards are not supported in selectors",
                                    "an exact label");
                }
            }
        });
    }

    /// `targetRef`, `targetRefs` and `selector`, of which one may be set.
    static void targets(View spec) {
        boolean selected = spec.has("selector");
        boolean single = spec.has("targetRef");
        boolean several = spec.size("targetRefs") > 0;
        if ((selected && (single || several)) || (single && several)) {
            String rival = several ? "targetRefs" : "targetRef";
            spec.error(rival, "oneof", "only one of selector, targetRef and targetRefs can be set");
        }
        spec.object("targetRef").ifPresent(Checks::target);
        spec.objects("targetRefs").forEach(Checks::target);
    }

    private static void target(View target) {
        if (!target.filled("name")) {
            target.error("name", "missing-required", "target has no name");
        }
        if (target.filled("namespace")) {
            target.error("namespace", "unsupported", "a target must be in the same namespace", "no namespace");
        }
        String named = target.text("group") + "/" + target.text("kind");
        if (!TARGETS.contains(named)) {
            target.report()
                    .error(
                            new Spot(
                                    target.spot("kind").at(),
                                    target.spot("kind").path(),
                                    named),
                            "bad-target",
                            "not a kind that can be a target",
                            "Service, networking.istio.io/ServiceEntry, gateway.networking.k8s.io/Gateway or GatewayClass");
        }
    }

    /// Namespaces in an `exportTo` list.
    ///
    /// @param namespace what `.` stands for
    static void exportTo(View view, String namespace) {
        Set<String> seen = new HashSet<>();
        for (Spot item : view.items("exportTo")) {
            boolean special = Set.of("*", ".", "~").contains(item.value());
            if (!special && !HostNames.isLabel(item.value())) {
                view.report().error(item, "bad-namespace", "not a namespace", "a namespace, or one of * . ~");
            }
            if (!seen.add(item.value().equals(".") ? namespace : item.value())) {
                view.report().error(item, "duplicate", "namespace is given twice");
            }
        }
        boolean exclusive = seen.contains("*") || seen.contains("~");
        if (exclusive && seen.size() > 1) {
            view.error("exportTo", "conflict", "* and ~ cannot stand beside other namespaces");
        }
    }

    /// `host:port`, as proxies take it.
    static void hostAndPort(Report report, Spot spot) {
        String text = spot.value();
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[") && text.contains("]:");
        if (colon < 0 || (!bracketed && text.indexOf(':') != colon)) {
            report.error(spot, "bad-address", "port is missing", "host:port");
            return;
        }
        String host = bracketed ? text.substring(1, text.indexOf(']')) : text.substring(0, colon);
        String port = text.substring(colon + 1);
        boolean number = !port.isEmpty() && port.length() <= 5 && port.chars().allMatch(Character::isDigit);
        if (!number || Integer.parseInt(port) < 1 || Integer.parseInt(port) > HIGHEST_PORT) {
            report.error(spot, "out-of-range", "port number is out of range", PORT_RANGE);
        }
        if (!HostNames.faultOfFqdn(host).isEmpty() && !IpAddresses.isAddress(host)) {
            report.error(spot, "bad-host", "neither a host name nor an IP address", "host:port");
        }
    }
}
