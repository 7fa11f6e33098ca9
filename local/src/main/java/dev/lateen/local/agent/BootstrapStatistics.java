package dev.lateen.local.agent;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which statistics Envoy keeps, how they are labelled, and where they are sent, by `ProxyConfig` and annotations.
///
/// Source: Istio, its statistics tags and what it keeps by default.
final class BootstrapStatistics {
    private static final System.Logger LOG = System.getLogger(BootstrapStatistics.class.getName());
    private static final String ANNOTATION = "sidecar.istio.io/";
    private static final List<String> PREFIXES =
            List.of("cluster_manager", "listener_manager", "server", "cluster.xds-grpc", "wasm");
    private static final List<String> SUFFIXES =
            List.of("rbac.allowed", "rbac.denied", "shadow_allowed", "shadow_denied");
    /// What is counted for virtual services with a `statPrefix`.
    private static final List<String> EXPRESSIONS = List.of("vhost\\..*\\.route\\..*");
    /// How often Envoy sends statistics where nothing is said.
    private static final BigDecimal FLUSH_SECONDS = BigDecimal.valueOf(5);
    private static final Pattern DURATION = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|s|m|h)");
    private static final Map<String, BigDecimal> UNITS = Map.of(
            "ms",
            new BigDecimal("0.001"),
            "s",
            BigDecimal.ONE,
            "m",
            BigDecimal.valueOf(60),
            "h",
            BigDecimal.valueOf(3600));

    private BootstrapStatistics() {}

    /// Whole fields of the bootstrap.
    static String yaml(PodSettings pod) {
        return eviction(pod)
                + sinks(pod)
                + TAGS.replace("${more}\n", tags(pod))
                + buckets(pod)
                + "  stats_matcher: {inclusion_list: {patterns: [" + patterns(pod) + "]}}\n";
    }

    /// Envoy wants a multiple of the time between two sendings.
    private static String eviction(PodSettings pod) {
        String asked = pod.annotation(ANNOTATION + "statsEvictionInterval");
        if (asked.isEmpty()) {
            return "";
        }
        Matcher duration = DURATION.matcher(asked);
        if (duration.matches()) {
            BigDecimal seconds = new BigDecimal(duration.group(1)).multiply(UNITS.get(duration.group(2)));
            if (seconds.signum() > 0 && seconds.remainder(FLUSH_SECONDS).signum() == 0) {
                return "stats_eviction_interval: "
                        + seconds.stripTrailingZeros().toPlainString() + "s\n";
            }
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "annotation {0}statsEvictionInterval: \"{1}\" has no effect (expected: a multiple of 5s)",
                ANNOTATION,
                asked);
        return "";
    }

    private static String sinks(PodSettings pod) {
        List<String> sinks = new ArrayList<>();
        if (!pod.text("envoyMetricsService", "address").isEmpty()) {
            sinks.add(METRICS_SERVICE);
        }
        HostPort.parse(pod.text("statsdUdpAddress"))
                .ifPresent(statsd -> sinks.add(STATSD.replace("${address}", statsd.yaml())));
        return sinks.isEmpty() ? "" : "stats_sinks:\n" + String.join("", sinks);
    }

    /// Istio's metrics have their labels in their names.
    private static String tags(PodSettings pod) {
        return Stream.concat(
                        pod.texts("extraStatTags").stream(),
                        Stream.of(pod.annotation(ANNOTATION + "extraStatTags").split(",")))
                .map(String::strip)
                .filter(tag -> !tag.isEmpty())
                .distinct()
                .map(tag -> "  - {tag_name: " + PodSettings.quoted(tag) + ", regex: "
                        + PodSettings.quoted("(" + tag + "=\\.=(.*?);\\.;)") + "}\n")
                .collect(Collectors.joining());
    }

    private static String buckets(PodSettings pod) {
        String asked = pod.annotation(ANNOTATION + "statsHistogramBuckets");
        if (asked.isEmpty()) {
            return "";
        }
        Struct.Builder read = Struct.newBuilder();
        try {
            JsonFormat.parser().merge(asked, read);
        } catch (InvalidProtocolBufferException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "annotation {0}statsHistogramBuckets has no effect: not a JSON object of lists: {1}",
                    ANNOTATION,
                    e.getMessage());
            return "";
        }
        StringBuilder yaml = new StringBuilder("  histogram_bucket_settings:\n");
        new TreeMap<>(read.getFieldsMap())
                .forEach((prefix, bounds) -> yaml.append("  - {match: {prefix: ")
                        .append(PodSettings.quoted(prefix))
                        .append("}, buckets: [")
                        .append(bounds.getListValue().getValuesList().stream()
                                .map(Value::getNumberValue)
                                .map(BigDecimal::valueOf)
                                .map(bound -> bound.stripTrailingZeros().toPlainString())
                                .collect(Collectors.joining(", ")))
                        .append("]}\n"));
        return yaml.toString();
    }

    private static String patterns(PodSettings pod) {
        List<String> patterns = new ArrayList<>(List.of("{prefix: \"reporter=\"}"));
        if (pod.metadata("ENABLE_HBONE").equals("true")) {
            patterns.add("{prefix: workload_discovery}");
        }
        Stream.concat(asked(pod, "statsInclusionPrefixes", "inclusionPrefixes"), PREFIXES.stream())
                .forEach(prefix -> patterns.add("{prefix: " + PodSettings.quoted(prefix) + "}"));
        Stream.concat(asked(pod, "statsInclusionSuffixes", "inclusionSuffixes"), suffixes(pod))
                .forEach(suffix -> patterns.add("{suffix: " + PodSettings.quoted(suffix) + "}"));
        Stream.concat(asked(pod, "statsInclusionRegexps", "inclusionRegexps"), EXPRESSIONS.stream())
                .forEach(expression -> patterns.add("{safe_regex: {regex: " + PodSettings.quoted(expression) + "}}"));
        patterns.addAll(List.of("{prefix: component}", "{prefix: istio}"));
        return String.join(", ", patterns);
    }

    /// Who waits for the last connection has to count them.
    private static Stream<String> suffixes(PodSettings pod) {
        return pod.metadata("EXIT_ON_ZERO_ACTIVE_CONNECTIONS").equals("true")
                ? Stream.concat(SUFFIXES.stream(), Stream.of("downstream_cx_active"))
                : SUFFIXES.stream();
    }

    /// The annotation, else the field of `proxyStatsMatcher`.
    private static Stream<String> asked(PodSettings pod, String annotation, String field) {
        Stream<String> asked = pod.hasAnnotation(ANNOTATION + annotation)
                ? Stream.of(pod.annotation(ANNOTATION + annotation).split(","))
                : pod.texts("proxyStatsMatcher", field).stream();
        return asked.filter(one -> !one.isEmpty())
                .flatMap(one -> one.contains("{pod_ip}")
                        ? pod.addresses().stream().map(address -> one.replace("{pod_ip}", address))
                        : Stream.of(one));
    }

    private static final String METRICS_SERVICE = """
            - name: envoy.stat_sinks.metrics_service
              typed_config:
                "@type": type.googleapis.com/envoy.config.metrics.v3.MetricsServiceConfig
                transport_api_version: V3
                grpc_service: {envoy_grpc: {cluster_name: envoy_metrics_service}}
            """;

    private static final String STATSD = """
            - name: envoy.stat_sinks.statsd
              typed_config:
                "@type": type.googleapis.com/envoy.config.metrics.v3.StatsdSink
                address: {socket_address: ${address}}
            """;

    private static final String TAGS = """
            stats_config:
              use_all_default_tags: false
              stats_tags:
              - {tag_name: cluster_name, regex: '^cluster(\\.(.+);)'}
              - {tag_name: http_conn_manager_prefix, regex: '^http\\.(((?:[_.[:digit:]\\w]*|[_\\[\\]aAbBcCdDeEfF[:digit:]\\w\\:]*));\\.)'}
              - {tag_name: thread_name, regex: '^server(\\.(.+))\\.watchdog'}
              - {tag_name: tcp_prefix, regex: '^tcp\\.((.*?)\\.)\\w+?$'}
              - {tag_name: response_code, regex: '_rq(_(\\d{3}))$'}
              - {tag_name: response_code_class, regex: '_rq(_(\\dxx))$'}
              - {tag_name: http_conn_manager_listener_prefix, regex: '^listener(?=\\.).*?\\.http\\.(((?:[_.[:digit:]]*|[_\\[\\]aAbBcCdDeEfF[:digit:]]*))\\.)'}
              - {tag_name: listener_address, regex: '^listener\\.(((?:[_.[:digit:]]*|[_\\[\\]aAbBcCdDeEfF[:digit:]]*))\\.)'}
              - {tag_name: mongo_prefix, regex: '^mongo\\.(.+?)\\.(collection|cmd|cx_|op_|delays_|decoding_)(.*?)$'}
            ${more}
              - {tag_name: cache, regex: '(cache\\.(.+?)\\.)'}
              - {tag_name: component, regex: '(component\\.(.+?)\\.)'}
              - {tag_name: tag, regex: '(tag\\.(.+?);\\.)'}
              - {tag_name: wasm_filter, regex: '(wasm_filter\\.(.+?)\\.)'}
              - {tag_name: authz_enforce_result, regex: 'rbac(\\.(allowed|denied))'}
              - {tag_name: authz_dry_run_action, regex: '(\\.istio_dry_run_(allow|deny)_)'}
              - {tag_name: authz_dry_run_result, regex: '(\\.shadow_(allowed|denied))'}
            """;
}
