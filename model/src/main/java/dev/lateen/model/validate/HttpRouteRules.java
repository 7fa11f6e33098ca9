package dev.lateen.model.validate;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Istio's rules for one entry of `VirtualService.http`. Thread: any one.
/// Source: Istio's reference of VirtualService, HTTPRoute.
final class HttpRouteRules {
    private static final int LARGEST_BODY = 1024 * 1024;
    private static final int LARGE_BODY = 100 * 1024;
    private static final Set<String> METHODS =
            Set.of("*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE");

    /// Those that Envoy knows; 0 stands for none.
    private static final Set<Long> REDIRECTS = Set.of(0L, 301L, 302L, 303L, 307L, 308L);

    private final Report report;
    private final boolean delegated;
    private final boolean fromGatewayApi;

    /// @param delegated whether the VirtualService has no hosts, so that another one refers to it
    HttpRouteRules(Report report, boolean delegated, boolean fromGatewayApi) {
        this.report = report;
        this.delegated = delegated;
        this.fromGatewayApi = fromGatewayApi;
    }

    void check(View route) {
        action(route);
        for (View match : route.objects("match")) {
            new HttpMatchRules(report, fromGatewayApi).check(match);
        }
        route.object("headers").ifPresent(this::headers);
        route.object("corsPolicy").ifPresent(this::cors);
        route.object("fault").ifPresent(FaultRules::check);
        mirrors(route);
        route.object("redirect").ifPresent(this::redirect);
        route.object("directResponse").ifPresent(this::directResponse);
        route.object("retries").ifPresent(RetryRules::check);
        route.object("rewrite").ifPresent(this::rewrite);
        authority(route);
        destinations(route);
        Checks.duration(route, "timeout");
    }

    private void action(View route) {
        if (route.has("delegate")) {
            delegate(route);
        } else if (route.has("directResponse")) {
            refuse(route, "directResponse", "route", "redirect", "rewrite", "fault");
        } else if (route.has("redirect")) {
            refuse(route, "redirect", "route", "rewrite", "fault");
        } else if (route.size("route") == 0) {
            report.error(route.spot(), "missing-required", "rule has no route, redirect or directResponse");
        }
        if (route.has("mirror") && route.size("mirrors") > 0) {
            route.error("mirrors", "oneof", "only one of mirror and mirrors can be set");
        }
    }

    private void delegate(View route) {
        if (delegated) {
            route.error("delegate", "conflict", "a delegate cannot delegate again");
            return;
        }
        refuse(route, "delegate", "route", "redirect", "directResponse");
        route.object("delegate")
                .filter(target -> !target.filled("name"))
                .ifPresent(target -> target.error("name", "missing-required", "delegate has no name"));
    }

    private void refuse(View route, String chosen, String... rivals) {
        for (String rival : rivals) {
            boolean set = rival.equals("route") ? route.size(rival) > 0 : route.has(rival);
            if (set) {
                route.error(rival, "conflict", "a rule cannot have both " + chosen + " and " + rival);
            }
        }
    }

    private void destinations(View route) {
        List<View> destinations = route.objects("route");
        long total = 0;
        for (View weighted : destinations) {
            DestinationRules.require(weighted, "destination", fromGatewayApi);
            weighted.object("headers").ifPresent(this::headers);
            Checks.notNegative(weighted, "weight");
            total += Math.max(0, weighted.number("weight"));
        }
        if (destinations.size() > 1 && total == 0) {
            route.error("route", "bad-weights", "the sum of all weights is 0", "a sum above 0");
        }
    }

    private void mirrors(View route) {
        route.object("mirror").ifPresent(mirror -> DestinationRules.check(mirror, fromGatewayApi));
        for (View mirror : route.objects("mirrors")) {
            DestinationRules.require(mirror, "destination", fromGatewayApi);
            mirror.object("percentage").ifPresent(HttpRouteRules::share);
        }
        if (route.number("mirrorPercent") > 100 || route.number("mirrorPercent") < 0) {
            route.error("mirrorPercent", "out-of-range", "not a percentage", "0 to 100");
        }
        if (route.has("mirrorPercent")) {
            route.warning("mirrorPercent", "deprecated", "mirrorPercent is deprecated", "use mirrorPercentage");
        }
        route.object("mirrorPercentage").ifPresent(HttpRouteRules::share);
    }

    private static void share(View share) {
        if (share.decimal("value") < 0 || share.decimal("value") > 100) {
            share.error("value", "out-of-range", "not a percentage", "0 to 100");
        }
    }

    private void headers(View headers) {
        headers.object("request").ifPresent(change -> {
            headerNames(change, "add", true);
            headerNames(change, "set", true);
            headerRemovals(change);
        });
        headers.object("response").ifPresent(change -> {
            headerNames(change, "add", false);
            headerNames(change, "set", false);
            headerRemovals(change);
        });
    }

    private void headerNames(View change, String field, boolean request) {
        for (View.Entry header : change.entries(field)) {
            boolean authority = isAuthority(header.key().value());
            if (!(request && authority)) {
                headerName(header.key());
            }
            String fault = HeaderFormat.faultOf(header.value().value());
            if (!fault.isEmpty()) {
                report.error(header.value(), "bad-header", fault, "text, with % written as %%");
            }
        }
    }

    private void headerRemovals(View change) {
        change.items("remove").forEach(this::headerName);
    }

    private void headerName(Spot name) {
        if (name.value().isEmpty()) {
            report.error(name, "bad-header", "header name is empty");
        } else if (name.value().equalsIgnoreCase("host")) {
            report.error(name, "bad-header", "the Host header cannot be changed here", "rewrite.authority");
        } else if (name.value().startsWith(":")) {
            report.error(name, "bad-header", "header names cannot start with ':'");
        }
    }

    private void authority(View route) {
        String first = route.object("rewrite")
                .map(rewrite -> rewrite.text("authority"))
                .orElse("");
        View request = route.object("headers")
                .flatMap(headers -> headers.object("request"))
                .orElse(null);
        if (request == null) {
            return;
        }
        for (String field : List.of("set", "add")) {
            for (View.Entry header : request.entries(field)) {
                if (isAuthority(header.key().value()) && !first.isEmpty()) {
                    report.error(header.key(), "conflict", "the authority is changed more than once");
                }
                first = isAuthority(header.key().value()) ? header.value().value() : first;
            }
        }
    }

    private static boolean isAuthority(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("host") || lower.equals(":authority");
    }

    private void cors(View policy) {
        for (View origin : policy.objects("allowOrigins")) {
            if (!origin.filled("exact") && !origin.hasAny("prefix", "regex")) {
                report.error(origin.spot(), "missing-required", "origin is empty", "exact, prefix or regex");
            }
            StringMatches.check(origin);
        }
        for (Spot method : policy.items("allowMethods")) {
            if (!METHODS.contains(method.value())) {
                report.error(method, "bad-format", "not an HTTP method", "one of GET, POST, …, or *");
            }
        }
        for (String field : List.of("allowHeaders", "exposeHeaders")) {
            for (Spot header : policy.items(field)) {
                if (header.value().isEmpty()) {
                    report.error(header, "bad-header", "header name is empty");
                }
            }
        }
        Checks.duration(policy, "maxAge");
        if (policy.duration("maxAge").map(Duration::getNano).orElse(0) != 0) {
            policy.error("maxAge", "out-of-range", "duration is finer than seconds", "whole seconds");
        }
    }

    private void redirect(View redirect) {
        if (!redirect.filled("uri")
                && !redirect.filled("authority")
                && !redirect.filled("scheme")
                && !redirect.filled("prefixRewrite")
                && !redirect.hasAny("port", "derivePort")) {
            report.error(redirect.spot(), "missing-required", "redirect has no uri, authority, scheme or port");
        }
        if (redirect.filled("uri") && redirect.filled("prefixRewrite")) {
            redirect.error("prefixRewrite", "conflict", "uri replaces the whole path already", "uri or prefixRewrite");
        }
        if (redirect.filled("scheme") && !Set.of("http", "https").contains(redirect.text("scheme"))) {
            redirect.error("scheme", "bad-format", "not a scheme to redirect to", "http or https");
        }
        long code = redirect.number("redirectCode");
        if (redirect.has("redirectCode") && code != 0 && (code < 300 || code > 399)) {
            redirect.error("redirectCode", "out-of-range", "not a redirect status", "300 to 399");
        } else if (!REDIRECTS.contains(code)) {
            redirect.warning(
                    "redirectCode",
                    "unsupported",
                    "no proxy redirects with this status; 301 is given",
                    "301, 302, 303, 307 or 308");
        }
        Checks.portIfSet(redirect, "port");
    }

    private void directResponse(View response) {
        StatusCodes.check(response, "status");
        response.object("body").ifPresent(body -> {
            int size = Math.max(body.text("string").length(), body.text("bytes").length() * 3 / 4);
            if (size > LARGEST_BODY) {
                report.error(body.spot(), "too-large", "body is larger than 1 MiB", "at most 1 MiB");
            } else if (size > LARGE_BODY) {
                report.warning(body.spot(), "too-large", "body is larger than 100 KiB", "serve it from a workload");
            }
        });
    }

    private void rewrite(View rewrite) {
        boolean regex = rewrite.has("uriRegexRewrite");
        if (rewrite.filled("uri") && regex) {
            rewrite.error("uriRegexRewrite", "oneof", "only one of uri and uriRegexRewrite can be set");
        }
        if (!rewrite.filled("uri") && !rewrite.filled("authority") && !regex) {
            report.error(rewrite.spot(), "missing-required", "rewrite has no uri, uriRegexRewrite or authority");
        }
        rewrite.object("uriRegexRewrite").ifPresent(replacement -> {
            if (!replacement.filled("match") || !replacement.filled("rewrite")) {
                report.error(replacement.spot(), "missing-required", "both match and rewrite are needed");
            }
            Checks.regex(report, replacement.spot("match"));
        });
    }
}
