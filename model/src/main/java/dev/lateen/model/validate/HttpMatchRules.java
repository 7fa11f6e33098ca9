package dev.lateen.model.validate;

import java.util.List;

/// Istio's rules for one entry of `VirtualService.http[].match`. Thread: any one.
final class HttpMatchRules {
    private final Report report;
    private final boolean fromGatewayApi;

    HttpMatchRules(Report report, boolean fromGatewayApi) {
        this.report = report;
        this.fromGatewayApi = fromGatewayApi;
    }

    void check(View match) {
        for (String field : List.of("uri", "scheme", "method", "authority")) {
            match.object(field).ifPresent(StringMatches::check);
        }
        for (View.Entry header : match.entries("headers")) {
            headerName(header.key());
            // '*' has long stood for "is present" here, although it is no regular expression.
            header.object().filter(value -> !value.text("regex").equals("*")).ifPresent(StringMatches::check);
        }
        for (View.Entry header : match.entries("withoutHeaders")) {
            headerName(header.key());
            header.object().filter(value -> !value.text("regex").equals("*")).ifPresent(StringMatches::check);
        }
        for (View.Entry parameter : match.entries("queryParams")) {
            parameter.object().ifPresent(StringMatches::check);
        }
        Checks.portIfSet(match, "port");
        Checks.labels(match, "sourceLabels");
        sources(match);
        GatewayNames.check(match, fromGatewayApi);
    }

    private static void sources(View match) {
        if (match.size("gateways") == 0) {
            return;
        }
        for (String field : List.of("sourceLabels", "sourceNamespace")) {
            if (match.filled(field)) {
                match.warning(
                        field,
                        "ineffective",
                        "where gateways are named, any of their proxies will do",
                        "leave out gateways, or " + field);
            }
        }
    }

    private void headerName(Spot name) {
        if (name.value().isEmpty()) {
            report.error(name, "bad-header", "header name is empty");
        } else if (name.value().startsWith(JwtClaims.PREFIX) && !JwtClaims.isClaim(name.value())) {
            report.error(name, "bad-header", "not a claim of a token", "@request.auth.claims.NAME or [NAME]");
        }
    }
}
