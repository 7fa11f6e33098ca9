package dev.lateen.model.validate;

import dev.lateen.model.istio.AuthorizationPolicy;
import java.util.List;
import java.util.Set;

/// Istio's rules for an AuthorizationPolicy. Thread: any one. Source: Istio's reference of AuthorizationPolicy.
final class AuthorizationPolicyRules {
    private static final String DRY_RUN = "istio.io/dry-run";
    private static final Set<String> BOOLEANS =
            Set.of("1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False");
    private static final List<String> SOURCE_FIELDS = List.of(
            "principals",
            "notPrincipals",
            "requestPrincipals",
            "notRequestPrincipals",
            "namespaces",
            "notNamespaces",
            "serviceAccounts",
            "notServiceAccounts",
            "ipBlocks",
            "notIpBlocks",
            "remoteIpBlocks",
            "notRemoteIpBlocks",
            "trustDomains",
            "notTrustDomains");
    private static final List<String> IDENTITY_FIELDS = SOURCE_FIELDS.subList(0, 8);
    private static final List<String> OPERATION_FIELDS =
            List.of("hosts", "notHosts", "ports", "notPorts", "methods", "notMethods", "paths", "notPaths");
    private static final List<String> TCP_SOURCE_FIELDS = SOURCE_FIELDS.stream()
            .filter(field -> !field.equals("requestPrincipals") && !field.equals("notRequestPrincipals"))
            .toList();

    private final Report report;
    private final Subject subject;

    AuthorizationPolicyRules(Report report, Subject subject) {
        this.report = report;
        this.subject = subject;
    }

    void check(View spec) {
        Checks.selector(spec, "selector", "matchLabels");
        Checks.targets(spec);
        String action = spec.text("action").isEmpty() ? "ALLOW" : spec.text("action");
        dryRun(spec, action);
        debugPrincipals(spec);
        provider(spec, action);
        if (!spec.has("rules") && (action.equals("DENY") || action.equals("CUSTOM"))) {
            spec.error(
                    "rules",
                    "missing-required",
                    action + " without rules never applies",
                    "rules: [{}] for every request");
        }
        for (View rule : spec.objects("rules")) {
            rule(rule, action);
        }
    }

    private void dryRun(View spec, String action) {
        String dryRun = subject.annotations().get(DRY_RUN);
        if (dryRun == null) {
            return;
        }
        Spot spot = new Spot(spec.spot().at(), "metadata.annotations." + DRY_RUN, dryRun);
        if (!BOOLEANS.contains(dryRun)) {
            report.error(spot, "bad-format", "not a truth value", "true or false");
        } else if (!action.equals("ALLOW") && !action.equals("DENY")) {
            report.error(spot, "unsupported", "a dry run needs action ALLOW or DENY", "action ALLOW or DENY");
        }
    }

    private void debugPrincipals(View spec) {
        String all = subject.annotations().get(AuthorizationPolicy.DEBUG_PRINCIPALS);
        if (all == null) {
            return;
        }
        for (String each : all.split(",", -1)) {
            String principal = each.strip();
            int star = principal.indexOf('*', 1);
            if (principal.isEmpty() || principal.equals("*") || (star >= 0 && star < principal.length() - 1)) {
                report.error(
                        new Spot(
                                spec.spot().at(),
                                "metadata.annotations." + AuthorizationPolicy.DEBUG_PRINCIPALS,
                                principal),
                        "bad-format",
                        "not a principal that may see why it is refused",
                        "such as cluster.local/ns/tools/sa/debugger or cluster.local/ns/tools/*, separated by commas");
            }
        }
    }

    private void provider(View spec, String action) {
        if (!action.equals("CUSTOM")) {
            if (spec.has("provider")) {
                spec.error("provider", "conflict", "a provider decides only for action CUSTOM", "action: CUSTOM");
            }
            return;
        }
        boolean named =
                spec.object("provider").map(provider -> provider.filled("name")).orElse(false);
        if (!named) {
            spec.error("provider", "missing-required", "CUSTOM needs the name of a provider", "provider: {name: …}");
        }
    }

    private void rule(View rule, String action) {
        for (String part : List.of("from", "to", "when")) {
            if (rule.has(part) && rule.size(part) == 0) {
                rule.error(
                        part,
                        "missing-required",
                        "list is empty, so that the rule never matches",
                        "an item, or no " + part);
            }
        }
        for (View from : rule.objects("from")) {
            part(from, "source", SOURCE_FIELDS);
            from.object("source").ifPresent(source -> source(source, action));
        }
        for (View to : rule.objects("to")) {
            part(to, "operation", OPERATION_FIELDS);
            to.object("operation").ifPresent(this::operation);
        }
        for (View when : rule.objects("when")) {
            condition(when, action);
        }
        if (action.equals("DENY")) {
            warnAboutTcp(rule);
        }
    }

    private void part(View holder, String name, List<String> fields) {
        View part = holder.object(name).orElse(null);
        if (part == null) {
            holder.error(name, "missing-required", name + " is missing");
            return;
        }
        boolean any = false;
        for (String field : fields) {
            any |= part.size(field) > 0;
            for (Spot item : part.items(field)) {
                if (item.value().isEmpty()) {
                    report.error(item, "bad-format", "value is empty", "a value, or * for any");
                }
            }
        }
        if (!any) {
            holder.error(name, "missing-required", name + " is empty");
        }
    }

    private void source(View source, String action) {
        for (String field : List.of("ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks")) {
            Checks.subnets(source, field);
        }
        boolean accounts = source.size("serviceAccounts") + source.size("notServiceAccounts") > 0;
        for (String rival : List.of("principals", "notPrincipals", "namespaces", "notNamespaces")) {
            if (accounts && source.size(rival) > 0) {
                source.error(rival, "conflict", "serviceAccounts cannot stand beside namespaces or principals");
            }
        }
        for (String field : List.of("serviceAccounts", "notServiceAccounts")) {
            for (Spot account : source.items(field)) {
                ConditionRules.serviceAccount(report, account);
            }
        }
        if (action.equals("CUSTOM")) {
            for (String field : IDENTITY_FIELDS) {
                if (source.size(field) > 0) {
                    source.error(field, "unsupported", field + " is not supported with action CUSTOM");
                }
            }
        }
    }

    private void operation(View operation) {
        for (String field : List.of("ports", "notPorts")) {
            operation.items(field).forEach(port -> ConditionRules.port(report, port));
        }
        for (String field : List.of("paths", "notPaths")) {
            operation.items(field).forEach(path -> PathTemplates.check(report, path));
        }
    }

    private void condition(View when, String action) {
        if (!when.filled("key")) {
            when.error("key", "missing-required", "condition has no key");
            return;
        }
        if (when.size("values") + when.size("notValues") == 0) {
            when.error("values", "missing-required", "condition has neither values nor notValues");
        }
        new ConditionRules(report).check(when);
        if (action.equals("CUSTOM") && ConditionRules.isIdentity(when.text("key"))) {
            when.error("key", "unsupported", "key is not supported with action CUSTOM");
        }
    }

    /// A rule that looks at HTTP only cannot say anything about TCP traffic, so that DENY refuses all of it. `when`
    /// does not count, as in Istio.
    private void warnAboutTcp(View rule) {
        List<View> sources = parts(rule, "from", "source");
        List<View> operations = parts(rule, "to", "operation");
        boolean tcpSource = sources.stream().anyMatch(source -> any(source, TCP_SOURCE_FIELDS));
        boolean ports = operations.stream().anyMatch(operation -> any(operation, List.of("ports", "notPorts")));
        boolean onlyHttp = operations.isEmpty() ? !sources.isEmpty() && !tcpSource : !ports;
        if (onlyHttp) {
            report.warning(
                    rule.spot(),
                    "denies-tcp",
                    "the rule looks at HTTP attributes only, so it denies all TCP traffic of the workloads",
                    "name the ports in to.operation.ports");
        }
    }

    private static List<View> parts(View rule, String list, String part) {
        return rule.objects(list).stream()
                .flatMap(item -> item.object(part).stream())
                .toList();
    }

    private static boolean any(View holder, List<String> fields) {
        return fields.stream().anyMatch(field -> holder.size(field) > 0);
    }
}
