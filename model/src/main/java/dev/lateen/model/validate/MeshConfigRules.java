package dev.lateen.model.validate;

import dev.lateen.model.diagnostic.Spelling;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Istio's rules for a MeshConfig as it comes into force, that is with defaults. Thread: any. Source: Istio's
/// reference of MeshConfig.
final class MeshConfigRules {
    private static final Set<String> CURVES = Set.of("P-224", "P-256", "P-384", "P-521", "X25519", "X25519MLKEM768");

    private MeshConfigRules() {}

    static void check(View config) {
        Checks.port(config, "proxyListenPort");
        Checks.portIfSet(config, "proxyInboundListenPort");
        Checks.portIfSet(config, "proxyHttpPort");
        MeshProxyConfigRules.required(config, "connectTimeout");
        if (config.has("defaultConfig")) {
            config.object("defaultConfig").ifPresent(MeshProxyConfigRules::check);
            config.object("defaultConfig").ifPresent(UnusedProxyConfig::check);
        } else {
            config.error("defaultConfig", "missing-required", "defaultConfig is missing");
        }
        trustDomain(config.report(), config.spot("trustDomain"));
        config.items("trustDomainAliases").forEach(alias -> trustDomain(config.report(), alias));
        config.objects("caCertificates").forEach(TrustAnchorRules::check);
        protocolDetection(config);
        config.object("outboundTrafficPolicy").ifPresent(MeshConfigRules::outbound);
        config.object("localityLbSetting").ifPresent(setting -> LoadBalancerRules.locality(setting, true));
        config.object("zoneAwareLbSetting").ifPresent(setting -> LoadBalancerRules.zoneAware(setting, true));
        config.object("defaultHttpRetryPolicy").ifPresent(RetryRules::check);
        config.object("defaultTrafficPolicy").ifPresent(policy -> {
            policy.object("connectionPool").ifPresent(ConnectionPoolRules::check);
            policy.object("outlierDetection").ifPresent(TrafficPolicyRules::outlierDetection);
        });
        for (View settings : config.objects("serviceSettings")) {
            settings.items("hosts").forEach(host -> Checks.wildcardHost(config.report(), host));
        }
        config.objects("discoverySelectors").forEach(MeshConfigRules::selector);
        config.object("serviceEntryVisibility").ifPresent(MeshConfigRules::visibility);
        tls(config);
        ExtensionProviderRules.check(config);
        MeshLoggingRules.check(config);
    }

    private static void outbound(View policy) {
        policy.object("tls").ifPresent(tls -> {
            ClientTlsRules.check(tls);
            if (tls.filled("credentialName")) {
                tls.warning(
                        "credentialName",
                        "ineffective",
                        "sidecars are not given secrets for hosts that nobody declared",
                        "files");
            }
            if (!policy.text("mode").equals("ALLOW_ANY_DYNAMIC_DNS")) {
                policy.warning(
                        "tls",
                        "ineffective",
                        "connections to unknown hosts are passed on as they are unless they are looked up",
                        "mode: ALLOW_ANY_DYNAMIC_DNS");
            }
        });
    }

    private static void visibility(View setting) {
        for (View policy : setting.objects("policies")) {
            for (View rule : policy.objects("matchingRules")) {
                rule.object("namespaceSelector").ifPresent(MeshConfigRules::selector);
            }
        }
        if (!setting.flag("applyToSidecars")) {
            setting.warning(
                    "applyToSidecars",
                    "ineffective",
                    "without it only the proxies of ambient meshes follow these policies",
                    "true");
        }
    }

    private static void selector(View selector) {
        selector.objects("matchExpressions").forEach(MeshConfigRules::labels);
    }

    /// A selector that nobody can read must not take every namespace out of the mesh.
    private static void labels(View expression) {
        String operator = expression.text("operator");
        boolean lists = operator.equals("In") || operator.equals("NotIn");
        if (!lists && !operator.equals("Exists") && !operator.equals("DoesNotExist")) {
            expression.error("operator", "bad-value", "there is no such operator", "In, NotIn, Exists or DoesNotExist");
        } else if (lists == (expression.size("values") == 0)) {
            expression.error(
                    "values",
                    lists ? "missing-required" : "bad-value",
                    lists ? operator + " needs values" : operator + " takes no values",
                    lists ? "at least one" : "none");
        }
    }

    /// 0s switches protocol detection's time limit off.
    private static void protocolDetection(View config) {
        boolean off = config.duration("protocolDetectionTimeout")
                .map(found -> found.isZero())
                .orElse(true);
        if (!off) {
            Checks.duration(config, "protocolDetectionTimeout");
        }
    }

    private static void tls(View config) {
        config.object("meshMTLS")
                .filter(tls -> tls.size("ecdhCurves") > 0)
                .ifPresent(tls -> tls.error(
                        "ecdhCurves",
                        "unsupported",
                        "curves cannot be chosen for traffic within the mesh",
                        "tlsDefaults.ecdhCurves"));
        config.object("tlsDefaults").ifPresent(MeshConfigRules::curves);
        for (String field : List.of("meshMTLS", "tlsDefaults")) {
            config.object(field).ifPresent(ServerTlsRules::cipherSuites);
        }
    }

    private static void curves(View tls) {
        Set<String> seen = new HashSet<>();
        for (Spot curve : tls.items("ecdhCurves")) {
            if (!CURVES.contains(curve.value())) {
                tls.report()
                        .warning(curve, "ineffective", "curve is not known", Spelling.advice(curve.value(), CURVES));
            }
            if (!seen.add(curve.value())) {
                tls.report().warning(curve, "duplicate", "curve is given twice", "remove it");
            }
        }
    }

    static void trustDomain(Report report, Spot spot) {
        String domain = spot.value();
        boolean fits = !domain.isEmpty() && domain.length() <= 255;
        for (String label : List.of(domain.split("\\.", -1))) {
            fits &= HostNames.isLabel(label.replace('_', 'x'));
        }
        if (!fits) {
            report.error(
                    spot,
                    "bad-host",
                    domain.isEmpty() ? "trust domain is empty" : "not a trust domain",
                    "such as cluster.local");
        }
    }
}
