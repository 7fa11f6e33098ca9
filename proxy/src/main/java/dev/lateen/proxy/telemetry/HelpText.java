package dev.lateen.proxy.telemetry;

/// What a metric is, for those who look at its page.
final class HelpText {
    private HelpText() {}

    static String of(IstioMetric metric) {
        return switch (metric) {
            case REQUESTS_TOTAL -> "Requests that have ended.";
            case REQUEST_DURATION_MILLISECONDS -> "Time from a request's first byte to the end of its answer.";
            case REQUEST_BYTES -> "Size of requests' bodies.";
            case RESPONSE_BYTES -> "Size of responses' bodies.";
            case REQUEST_MESSAGES_TOTAL -> "Messages of gRPC that clients have sent.";
            case RESPONSE_MESSAGES_TOTAL -> "Messages of gRPC that servers have sent.";
            case TCP_CONNECTIONS_OPENED_TOTAL -> "TCP connections that have been opened.";
            case TCP_CONNECTIONS_CLOSED_TOTAL -> "TCP connections that have ended.";
            case TCP_SENT_BYTES_TOTAL -> "Bytes of TCP connections to clients.";
            case TCP_RECEIVED_BYTES_TOTAL -> "Bytes of TCP connections from clients.";
        };
    }

    /// Envoy's documentation tells what its names mean.
    static String ofStatistic(String name) {
        return switch (name) {
            case "istio_build" -> "The version of Istio that this is made for.";
            case "lateen_metrics_folded_total" -> "Requests and connections that count as other: too many label sets.";
            case "lateen_metrics_evicted_total" -> "Label sets that are shown no more since nothing used them.";
            case "lateen_metrics_label_sets" -> "Label sets of the metrics of Istio.";
            case "istio_agent_dns_requests_total" -> "Questions to the name server of this pod.";
            case "istio_agent_dns_upstream_requests_total" -> "Questions that were handed on to other name servers.";
            case "istio_agent_dns_upstream_failures_total" -> "Attempts in which a name server had no answer.";
            case "istio_agent_dns_upstream_request_duration_seconds" -> "Time until other name servers answered.";
            default -> "Statistic " + name + " under the name that Envoy has for it.";
        };
    }
}
