package dev.lateen.local.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import dev.lateen.proxy.http.filter.PeerMetadata;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.telemetry.PrometheusText;
import dev.lateen.proxy.telemetry.Stats;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogType;
import io.envoyproxy.envoy.data.accesslog.v3.ConnectionProperties;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPRequestProperties;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPResponseProperties;
import io.envoyproxy.envoy.data.accesslog.v3.ResponseFlags;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.TLSProperties;
import io.envoyproxy.envoy.data.accesslog.v3.TLSProperties.CertificateProperties;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessLogMetricsTest {
    private static final PeerInfo LOCAL = new PeerInfo("cart-v1", "shop", "cart", "v1", "cart", "v1", "Kubernetes");
    private static final String SERVICES =
            "[{\"host\":\"stock.shop.svc.cluster.local\",\"name\":\"stock\",\"namespace\":\"shop\"}]";
    private static final String CLUSTER = "outbound|80||stock.shop.svc.cluster.local";

    private final Stats stats = new Stats();
    private final AccessLogMetrics metrics = new AccessLogMetrics(stats, LOCAL, true);

    @Test
    void countsOutboundRequestsWithTheWorkloadBehindTheEndpoint() {
        metrics.count(
                http(
                        outbound()
                                .putCustomTags("peer", "stock-v2;shop;stock;v2;Kubernetes")
                                .putCustomTags("services", SERVICES),
                        200),
                false);

        assertThat(line("istio_requests_total"))
                .contains(
                        "reporter=\"source\"",
                        "source_workload=\"cart-v1\"",
                        "destination_workload=\"stock-v2\"",
                        "destination_service=\"stock.shop.svc.cluster.local\"",
                        "destination_service_name=\"stock\"",
                        "response_code=\"200\"",
                        "response_flags=\"-\"")
                .endsWith(" 1");
        assertThat(line("istio_request_duration_milliseconds_sum")).endsWith(" 7");
    }

    @Test
    void namesTheServiceByTheClusterWhereNoEndpointWasChosen() {
        metrics.count(
                http(outbound().setResponseFlags(ResponseFlags.newBuilder().setUpstreamOverflow(true)), 503), false);

        assertThat(line("istio_requests_total"))
                .contains(
                        "destination_service=\"stock.shop.svc.cluster.local\"",
                        "destination_service_namespace=\"shop\"",
                        "response_flags=\"UO\"");
    }

    @Test
    void knowsInboundPeersByTheirCertificate() {
        metrics.count(http(inbound("spiffe://cluster.local/ns/front/sa/web"), 200), true);

        assertThat(line("istio_requests_total"))
                .contains(
                        "reporter=\"destination\"",
                        "source_principal=\"spiffe://cluster.local/ns/front/sa/web\"",
                        "source_workload_namespace=\"front\"",
                        "destination_workload=\"cart-v1\"",
                        "connection_security_policy=\"mutual_tls\"");
    }

    @Test
    void knowsInboundPeersByTheMetadataTheySend() {
        PeerInfo web = new PeerInfo("web-v3", "front", "web", "v3", "web", "v3", "Kubernetes");
        HTTPAccessLogEntry.Builder entry = http(inbound("spiffe://cluster.local/ns/front/sa/web"), 200).toBuilder();
        entry.getCommonPropertiesBuilder().putCustomTags("client", PeerMetadata.encode(web));

        metrics.count(entry.build(), true);

        assertThat(line("istio_requests_total")).contains("source_workload=\"web-v3\"", "source_version=\"v3\"");
    }

    @Test
    void namesWhatGoesToHostsThatNobodyDeclared() {
        metrics.count(http(outbound().setUpstreamCluster("").setRouteName("block_all"), 502), false);

        assertThat(line("istio_requests_total"))
                .contains("destination_service=\"stock\"", "destination_service_name=\"BlackHoleCluster\"");
    }

    @Test
    void countsWhatNoServiceIsKnownOfAsTheWorkloads() {
        metrics.count(
                http(inbound("").setUpstreamCluster("InboundPassthroughCluster").removeCustomTags("services"), 200),
                true);

        assertThat(line("istio_requests_total"))
                .contains(
                        "destination_service=\"cart\"",
                        "destination_service_name=\"InboundPassthroughCluster\"",
                        "destination_service_namespace=\"shop\"");
    }

    @Test
    void countsGrpcByItsStatus() {
        HTTPAccessLogEntry.Builder entry = http(outbound(), 200).toBuilder();
        entry.getRequestBuilder().putRequestHeaders("content-type", "application/grpc");
        entry.getResponseBuilder().putResponseTrailers("grpc-status", "14");

        metrics.count(entry.build(), false);

        assertThat(line("istio_requests_total")).contains("request_protocol=\"grpc\"", "grpc_response_status=\"14\"");
    }

    @Test
    void countsConnectionsOnceWhenTheyEnd() {
        TCPAccessLogEntry.Builder entry = TCPAccessLogEntry.newBuilder()
                .setCommonProperties(outbound().setAccessLogType(AccessLogType.TcpPeriodic))
                .setConnectionProperties(
                        ConnectionProperties.newBuilder().setReceivedBytes(3).setSentBytes(11));
        metrics.count(entry.build(), false);
        entry.getCommonPropertiesBuilder().setAccessLogType(AccessLogType.TcpConnectionEnd);

        metrics.count(entry.build(), false);

        assertThat(line("istio_tcp_connections_opened_total")).endsWith(" 1");
        assertThat(line("istio_tcp_connections_closed_total")).endsWith(" 1");
        assertThat(line("istio_tcp_sent_bytes_total")).endsWith(" 11");
        assertThat(line("istio_tcp_received_bytes_total")).endsWith(" 3");
    }

    private static AccessLogCommon.Builder outbound() {
        return AccessLogCommon.newBuilder()
                .setUpstreamCluster(CLUSTER)
                .setDuration(Duration.newBuilder().setNanos(7_000_000));
    }

    private static AccessLogCommon.Builder inbound(String peer) {
        CertificateProperties certificate = CertificateProperties.newBuilder()
                .addSubjectAltName(
                        CertificateProperties.SubjectAltName.newBuilder().setUri(peer))
                .build();
        return AccessLogCommon.newBuilder()
                .setUpstreamCluster("inbound|8080||")
                .putCustomTags("services", SERVICES)
                .setTlsProperties(TLSProperties.newBuilder().setPeerCertificateProperties(certificate));
    }

    private static HTTPAccessLogEntry http(AccessLogCommon.Builder common, int status) {
        return HTTPAccessLogEntry.newBuilder()
                .setCommonProperties(common)
                .setRequest(HTTPRequestProperties.newBuilder()
                        .setRequestMethod(RequestMethod.GET)
                        .setAuthority("stock")
                        .setPath("/"))
                .setResponse(HTTPResponseProperties.newBuilder().setResponseCode(UInt32Value.of(status)))
                .build();
    }

    private String line(String metric) {
        List<String> lines = PrometheusText.of(stats, false)
                .lines()
                .filter(line -> line.startsWith(metric + "{"))
                .toList();
        assertThat(lines).as(metric).hasSize(1);
        return lines.getFirst();
    }
}
