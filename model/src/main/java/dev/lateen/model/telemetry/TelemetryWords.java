package dev.lateen.model.telemetry;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What the mesh's own proxy knows of the words that telemetry may use: attributes, functions and methods of
/// expressions, metrics, operators of log formats. It refuses a listener with any other word, so others are reported
/// where they are written and left out of what it is told; Envoy is told of all. `TelemetryWordsTest` in `e2e` holds
/// this table to the proxy's own compilers, which is where a new word goes first.
///
/// Source: Envoy documentation, "Attributes", "Command operators"; Istio documentation, "Customizing Istio Metrics".
/// Thread: any.
public final class TelemetryWords {
    private static final Set<String> FACTS = words("""
            connection.dns_san_local_certificate connection.dns_san_peer_certificate connection.id
            connection.mtls connection.requested_server_name connection.sha256_peer_certificate_digest
            connection.subject_local_certificate connection.subject_peer_certificate connection.termination_details
            connection.tls_version connection.transport_failure_reason
            connection.uri_san_local_certificate connection.uri_san_peer_certificate
            destination.address destination.port
            request.duration request.host request.id request.method request.path request.protocol request.query
            request.referer request.scheme request.size request.time request.total_size request.url_path
            request.useragent
            response.backend_latency response.code response.code_details response.flags response.grpc_status
            response.size response.total_size
            source.address source.port
            upstream.address upstream.dns_san_peer_certificate upstream.local_address upstream.port
            upstream.request_attempt_count upstream.sha256_peer_certificate_digest upstream.subject_peer_certificate
            upstream.tls_version upstream.transport_failure_reason upstream.uri_san_local_certificate
            upstream.uri_san_peer_certificate
            xds.cluster_name xds.filter_chain_name xds.listener_direction xds.route_name xds.virtual_host_name""");
    /// Maps of which one entry is an attribute.
    static final Set<String> HEADERS = words("request.headers response.headers response.trailers");
    private static final Set<String> PEERS = words("upstream_peer downstream_peer");
    private static final Set<String> PEER_FIELDS =
            words("name type workload namespace app version service revision cluster labels");
    /// What of configuration has metadata.
    private static final Set<String> DESCRIBED = words("cluster_metadata upstream_host_metadata route_metadata");
    /// Of one argument.
    static final Set<String> FUNCTIONS = words("has string int size duration timestamp");
    /// Of one argument, but `size`.
    static final Set<String> METHODS = words("contains startsWith endsWith matches size");
    private static final Set<String> METRICS = words("""
            requests_total request_duration_milliseconds request_bytes response_bytes
            request_messages_total response_messages_total
            tcp_connections_opened_total tcp_connections_closed_total tcp_sent_bytes_total tcp_received_bytes_total""");
    private static final Set<String> ADDRESSES = words("""
            UPSTREAM_REMOTE UPSTREAM_LOCAL DOWNSTREAM_LOCAL DOWNSTREAM_REMOTE DOWNSTREAM_DIRECT_REMOTE""");
    private static final Set<String> PLAIN_OPERATORS = words("""
            UPSTREAM_HOST UPSTREAM_HOST_NAME UPSTREAM_HOST_NAME_WITHOUT_PORT UPSTREAM_PROTOCOL UNIQUE_ID CONNECTION_ID
            DOWNSTREAM_TLS_SESSION_ID DOWNSTREAM_PEER_EMAIL_SAN DOWNSTREAM_PEER_CERT DOWNSTREAM_LOCAL_IP_SAN
            DOWNSTREAM_LOCAL_EMAIL_SAN UPSTREAM_TLS_VERSION UPSTREAM_TLS_CIPHER UPSTREAM_TLS_SESSION_ID
            UPSTREAM_PEER_SUBJECT UPSTREAM_PEER_ISSUER UPSTREAM_PEER_DNS_SAN UPSTREAM_PEER_IP_SAN UPSTREAM_PEER_CERT
            RESPONSE_CODE BYTES_RECEIVED BYTES_SENT UPSTREAM_REQUEST_ATTEMPT_COUNT DURATION REQUEST_DURATION
            REQUEST_TX_DURATION RESPONSE_DURATION RESPONSE_TX_DURATION GRPC_STATUS_NUMBER
            PROTOCOL RESPONSE_CODE_DETAILS CONNECTION_TERMINATION_DETAILS UPSTREAM_TRANSPORT_FAILURE_REASON
            DOWNSTREAM_TRANSPORT_FAILURE_REASON RESPONSE_FLAGS RESPONSE_FLAGS_LONG UPSTREAM_CLUSTER
            UPSTREAM_CLUSTER_RAW ROUTE_NAME FILTER_CHAIN_NAME REQUESTED_SERVER_NAME TRACE_ID HOSTNAME
            DOWNSTREAM_PEER_URI_SAN DOWNSTREAM_LOCAL_URI_SAN UPSTREAM_PEER_URI_SAN UPSTREAM_LOCAL_URI_SAN
            DOWNSTREAM_TLS_VERSION DOWNSTREAM_TLS_CIPHER DOWNSTREAM_PEER_SUBJECT DOWNSTREAM_PEER_ISSUER
            DOWNSTREAM_PEER_SERIAL DOWNSTREAM_PEER_FINGERPRINT_256 DOWNSTREAM_PEER_FINGERPRINT_1
            DOWNSTREAM_PEER_DNS_SAN DOWNSTREAM_PEER_IP_SAN DOWNSTREAM_LOCAL_SUBJECT DOWNSTREAM_LOCAL_DNS_SAN""");
    private static final String SOMETHING = "(?s).+";
    private static final String TIME = "(?s)(?:[^%]|%(?:[YymdejHIMSpbhBaAFTRzZsfn%]|[1-9]f|E[1234569]S))*";
    private static final String POINT = "(?:DS_RX_BEG|DS_RX_END|US_TX_BEG|US_TX_END|US_RX_BEG|US_RX_END|DS_TX_END)";
    /// Operators → which arguments they take.
    private static final Map<String, Pattern> OPERATORS = operators();

    private TelemetryWords() {}

    private static Set<String> words(String text) {
        return Set.copyOf(Arrays.asList(text.split("\\s+")));
    }

    private static Map<String, Pattern> operators() {
        Map<String, String> arguments = new TreeMap<>();
        PLAIN_OPERATORS.forEach(name -> arguments.put(name, ""));
        for (String address : ADDRESSES) {
            for (String part : List.of("_ADDRESS", "_ADDRESS_WITHOUT_PORT", "_PORT")) {
                arguments.put(address + part, "");
            }
        }
        for (String name : List.of(
                "REQ",
                "REQUEST_HEADER",
                "REQ_WITHOUT_QUERY",
                "RESP",
                "RESPONSE_HEADER",
                "TRAILER",
                "RESPONSE_TRAILER",
                "CLUSTER_METADATA",
                "UPSTREAM_METADATA",
                "CEL",
                "DYNAMIC_METADATA",
                "QUERY_PARAM")) {
            arguments.put(name, SOMETHING);
        }
        arguments.put("ENVIRONMENT", "(?s).*");
        arguments.put("START_TIME", TIME);
        arguments.put("EMIT_TIME", TIME);
        for (String side : List.of("DOWNSTREAM", "UPSTREAM")) {
            arguments.put(side + "_PEER_CERT_V_START", TIME);
            arguments.put(side + "_PEER_CERT_V_END", TIME);
        }
        arguments.put("GRPC_STATUS", "|CAMEL_STRING|SNAKE_STRING|NUMBER");
        arguments.put("METADATA", "(?s)(?:DYNAMIC|CLUSTER|UPSTREAM_HOST):.+");
        arguments.put("PATH", "(?:WQ|NQ)?(?::(?:ORIG|PATH|ORIG_OR_PATH)?)?");
        arguments.put("COMMON_DURATION", POINT + ":" + POINT + ":(?:ms|us|ns)");
        Map<String, Pattern> patterns = new TreeMap<>();
        arguments.forEach((name, argument) -> patterns.put(name, Pattern.compile(argument)));
        return patterns;
    }

    /// The attributes that expressions may use, `…` standing for any name.
    public static List<String> attributes() {
        Set<String> all = new TreeSet<>(FACTS);
        HEADERS.forEach(headers -> all.add(headers + "['…']"));
        PEERS.forEach(peer -> PEER_FIELDS.forEach(field -> all.add(peer + "." + field)));
        PEERS.forEach(peer -> all.add(peer + ".labels['…']"));
        all.add("node.…");
        all.add("metadata.filter_metadata['…']['…']");
        DESCRIBED.forEach(which -> all.add("xds." + which + ".filter_metadata['…']['…']"));
        return List.copyOf(all);
    }

    static boolean isAttribute(List<String> path) {
        List<String> rest = path.subList(1, path.size());
        return switch (path.getFirst()) {
            case "node" -> !rest.isEmpty();
            case "filter_state" -> !rest.isEmpty() && isPeer(rest);
            case "upstream_peer", "downstream_peer" -> isPeer(path);
            case "metadata" -> isMetadata(rest);
            case "xds" ->
                rest.size() > 1
                        ? rest.getFirst().equals("node")
                                || (DESCRIBED.contains(rest.getFirst()) && isMetadata(rest.subList(1, rest.size())))
                        : FACTS.contains(String.join(".", path));
            default ->
                FACTS.contains(String.join(".", path))
                        || (path.size() == 3 && HEADERS.contains(path.get(0) + "." + path.get(1)));
        };
    }

    private static boolean isPeer(List<String> path) {
        return PEERS.contains(path.getFirst())
                && switch (path.size()) {
                    case 1 -> true;
                    case 2 -> PEER_FIELDS.contains(path.get(1));
                    case 3 -> path.get(1).equals("labels");
                    default -> false;
                };
    }

    private static boolean isMetadata(List<String> path) {
        return !path.isEmpty() && path.getFirst().equals("filter_metadata");
    }

    /// The functions and methods of expressions.
    public static List<String> functions() {
        Set<String> all = new TreeSet<>(FUNCTIONS);
        all.addAll(METHODS);
        return List.copyOf(all);
    }

    /// The metrics, as `istio.stats` calls them.
    public static List<String> metrics() {
        return sorted(METRICS);
    }

    /// The operators of log formats that take this argument; empty: that stand without one.
    public static List<String> operators(String argument) {
        return OPERATORS.entrySet().stream()
                .filter(operator -> operator.getValue().matcher(argument).matches())
                .map(Map.Entry::getKey)
                .toList();
    }

    static boolean isOperator(String name, String argument) {
        Pattern arguments = OPERATORS.get(name);
        return arguments != null && arguments.matcher(argument).matches();
    }

    static List<String> allOperators() {
        return List.copyOf(OPERATORS.keySet());
    }

    static List<String> sorted(Set<String> words) {
        return words.stream().sorted().toList();
    }
}
