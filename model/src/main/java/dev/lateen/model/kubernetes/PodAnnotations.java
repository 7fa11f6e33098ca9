package dev.lateen.model.kubernetes;

import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// What values the annotations of pods take that steer a sidecar. Thread: any.
public final class PodAnnotations {
    private static final int HIGHEST_PORT = 65_535;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern IPV4_RANGE = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}/\\d{1,2}");
    private static final Pattern IPV6_RANGE = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*/\\d{1,3}");
    private static final Set<String> MODES = Set.of("REDIRECT", "TPROXY", "NONE");

    private static final String PORTS = "ports with commas between them";
    private static final String RANGES = "CIDR ranges with commas between them";
    private static final String TRAFFIC = "traffic.sidecar.istio.io/";
    private static final String READINESS = "readiness.status.sidecar.istio.io/";

    private PodAnnotations() {}

    /// What should stand there; empty where the value is good, or nothing is known of the annotation.
    public static Optional<String> expected(String name, String value) {
        return switch (name) {
            case "sidecar.istio.io/interceptionMode" -> unless(MODES.contains(value), "REDIRECT, TPROXY or NONE");
            case "status.sidecar.istio.io/port" -> unless(isPort(value), "a port, or 0 for none");
            case READINESS + "initialDelaySeconds", READINESS + "periodSeconds", READINESS + "failureThreshold" ->
                unless(NUMBER.matcher(value).matches(), "a number");
            case READINESS + "applicationPorts" -> unless(arePorts(value), PORTS);
            case TRAFFIC + "includeOutboundIPRanges" ->
                unless(value.equals("*") || areRanges(value), RANGES + ", or *");
            case TRAFFIC + "excludeOutboundIPRanges" -> unless(areRanges(value), RANGES);
            case TRAFFIC + "includeInboundPorts", TRAFFIC + "includeOutboundPorts" ->
                unless(value.equals("*") || arePorts(value), PORTS + ", or *");
            case TRAFFIC + "excludeInboundPorts", TRAFFIC + "excludeOutboundPorts" -> unless(arePorts(value), PORTS);
            case "sidecar.istio.io/rewriteAppHTTPProbers",
                    "prometheus.istio.io/merge-metrics",
                    "sidecar.istio.io/nativeSidecar" -> unless(isTruth(value), "true or false");
            default -> Optional.empty();
        };
    }

    private static Optional<String> unless(boolean good, String expected) {
        return good ? Optional.empty() : Optional.of(expected);
    }

    private static boolean isTruth(String value) {
        return value.equals("true") || value.equals("false");
    }

    private static boolean isPort(String value) {
        return NUMBER.matcher(value).matches() && Integer.parseInt(value) <= HIGHEST_PORT;
    }

    private static boolean arePorts(String value) {
        return value.isBlank() || all(value, PodAnnotations::isPort);
    }

    private static boolean areRanges(String value) {
        return value.isBlank()
                || all(
                        value,
                        one -> IPV4_RANGE.matcher(one).matches()
                                || IPV6_RANGE.matcher(one).matches());
    }

    private static boolean all(String value, Predicate<String> good) {
        for (String item : value.split(",", -1)) {
            if (!good.test(item.strip())) {
                return false;
            }
        }
        return true;
    }
}
