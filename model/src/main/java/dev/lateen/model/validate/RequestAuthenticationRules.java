package dev.lateen.model.validate;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Istio's rules for a RequestAuthentication. Thread: any. Source: Istio's reference of JWTRule.
final class RequestAuthenticationRules {
    private static final Pattern HEADER_NAME = Pattern.compile("[-_A-Za-z0-9]+");

    private RequestAuthenticationRules() {}

    static void check(View spec) {
        Checks.selector(spec, "selector", "matchLabels");
        Checks.targets(spec);
        spec.objects("jwtRules").forEach(RequestAuthenticationRules::rule);
    }

    private static void rule(View rule) {
        if (!rule.filled("issuer") && !rule.filled("jwksUri")) {
            rule.report().error(rule.spot(), "missing-required", "rule has neither issuer nor jwksUri");
        }
        if (rule.filled("jwksUri")) {
            uri(rule.report(), rule.spot("jwksUri"));
        }
        if (rule.filled("jwks")) {
            JwksRules.check(rule.report(), rule.spot("jwks"));
        }
        for (String field : List.of("audiences", "fromParams", "fromCookies", "spaceDelimitedClaims")) {
            for (Spot item : rule.items(field)) {
                if (item.value().isEmpty()) {
                    rule.report().error(item, "bad-format", "value is empty");
                }
            }
        }
        for (View header : rule.objects("fromHeaders")) {
            if (!header.filled("name")) {
                header.error("name", "missing-required", "header has no name");
            }
        }
        for (View output : rule.objects("outputClaimToHeaders")) {
            for (String field : List.of("header", "claim")) {
                if (!output.filled(field)) {
                    output.error(field, "missing-required", field + " is missing");
                }
            }
            if (output.filled("header")
                    && !HEADER_NAME.matcher(output.text("header")).matches()) {
                output.error("header", "bad-header", "not a header name", "letters, digits, - and _");
            }
        }
        Checks.duration(rule, "timeout");
    }

    /// An http or https address with a host.
    static void uri(Report report, Spot spot) {
        try {
            URI uri = new URI(spot.value());
            boolean web = uri.getScheme() != null && Set.of("http", "https").contains(uri.getScheme());
            if (!web) {
                report.error(spot, "bad-format", "scheme is not supported", "http:// or https://");
            } else if (uri.getHost() == null) {
                report.error(spot, "bad-format", "address has no valid host and port", "https://host/path");
            } else if (uri.getPort() > 65535 || uri.getPort() == 0) {
                report.error(spot, "out-of-range", "port number is out of range", Checks.PORT_RANGE);
            }
        } catch (URISyntaxException _) {
            report.error(spot, "bad-format", "not a web address", "https://host/path");
        }
    }
}
