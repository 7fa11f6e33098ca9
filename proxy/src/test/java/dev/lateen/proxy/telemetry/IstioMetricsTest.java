package dev.lateen.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.IstioMetrics.Reporter;
import io.netty.channel.DefaultEventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IstioMetricsTest {
    private static final PeerInfo CLIENT = new PeerInfo("c-v1", "ns", "c", "v1", "c", "v1", "K");
    private static final PeerInfo SERVER = new PeerInfo("s-v1", "ns", "s", "v1", "s", "v1", "K");
    private static final DestinationService SERVICE = new DestinationService("s.ns.svc.cluster.local", "s", "ns");

    private static final MetricsConfig OFTEN =
            new MetricsConfig(true, List.of(), Map.of(), Set.of(), Duration.ofMillis(1));

    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final Stats stats = new Stats();

    @AfterEach
    void stop() {
        loop.shutdownGracefully();
    }

    private static StreamInfo request(String contentType) {
        Headers headers = new Headers();
        headers.add("content-type", contentType);
        StreamInfo info = new StreamInfo();
        info.request = new RequestHead(HttpVersion.HTTP_2, "POST", "http", "s:80", "/", headers);
        info.status = 200;
        info.startNanos = 1;
        info.endNanos = 1 + Duration.ofMillis(7).toNanos();
        return info;
    }

    @Test
    void labelsWhatTheServerSaw() {
        StreamInfo info = request("text/plain");
        info.downstreamPeer = CLIENT;
        info.downstreamMutualTls = true;
        info.downstreamPeerUri = "spiffe://cluster.local/ns/ns/sa/c";
        info.downstreamLocalUri = "spiffe://cluster.local/ns/ns/sa/s";
        new IstioMetrics(stats, Reporter.DESTINATION, SERVER).on(loop).request(info, SERVICE);

        assertThat(PrometheusText.of(stats, false))
                .contains(
                        "istio_requests_total{reporter=\"destination\",source_workload=\"c-v1\","
                                + "source_canonical_service=\"c\",source_canonical_revision=\"v1\","
                                + "source_workload_namespace=\"ns\",source_principal=\"spiffe://cluster.local/ns/ns/sa/c\","
                                + "source_app=\"c\",source_version=\"v1\",source_cluster=\"K\",destination_workload=\"s-v1\","
                                + "destination_workload_namespace=\"ns\","
                                + "destination_principal=\"spiffe://cluster.local/ns/ns/sa/s\",destination_app=\"s\","
                                + "destination_version=\"v1\",destination_service=\"s.ns.svc.cluster.local\","
                                + "destination_canonical_service=\"s\",destination_canonical_revision=\"v1\","
                                + "destination_service_name=\"s\",destination_service_namespace=\"ns\","
                                + "destination_cluster=\"K\",request_protocol=\"http\",response_code=\"200\","
                                + "grpc_response_status=\"\",response_flags=\"-\",connection_security_policy=\"mutual_tls\"} 1\n");
    }

    @Test
    void doesNotClaimToKnowTheServersSecurityAsAClient() {
        new IstioMetrics(stats, Reporter.SOURCE, CLIENT).on(loop).request(request("text/plain"), SERVICE);
        assertThat(PrometheusText.of(stats, false))
                .contains(
                        "reporter=\"source\"",
                        "connection_security_policy=\"unknown\"",
                        "destination_workload=\"unknown\"");
    }

    @Test
    void namesBothCertificatesAsAClient() {
        StreamInfo info = request("text/plain");
        info.upstreamLocalUri = "spiffe://cluster.local/ns/ns/sa/c";
        info.upstreamPeerUri = "spiffe://cluster.local/ns/ns/sa/s";
        new IstioMetrics(stats, Reporter.SOURCE, CLIENT).on(loop).request(info, SERVICE);
        assertThat(PrometheusText.of(stats, false))
                .contains(
                        "source_principal=\"spiffe://cluster.local/ns/ns/sa/c\"",
                        "destination_principal=\"spiffe://cluster.local/ns/ns/sa/s\"");
    }

    @Test
    void countsGrpcWithItsStatusAndMessages() {
        StreamInfo info = request("application/grpc+proto");
        Headers trailers = new Headers();
        trailers.add("grpc-status", "14");
        info.responseTrailers = trailers;
        info.requestMessages = 2;
        new IstioMetrics(stats, Reporter.SOURCE, CLIENT).on(loop).request(info, SERVICE);
        assertThat(PrometheusText.of(stats, false))
                .contains("request_protocol=\"grpc\",response_code=\"200\",grpc_response_status=\"14\"")
                .containsPattern("istio_request_messages_total\\{[^}]*} 2");
    }

    @Test
    void addsUpWhatLoopsCounted() {
        DefaultEventLoop second = new DefaultEventLoop();
        try {
            IstioMetrics metrics = new IstioMetrics(stats, Reporter.SOURCE, CLIENT);
            metrics.on(loop).request(request("text/plain"), SERVICE);
            metrics.on(second).request(request("text/plain"), SERVICE);
            assertThat(PrometheusText.of(stats, false))
                    .containsPattern("istio_requests_total\\{[^}]*} 2")
                    .containsPattern("istio_request_duration_milliseconds_bucket\\{[^}]*le=\"5\"} 0")
                    .containsPattern("istio_request_duration_milliseconds_bucket\\{[^}]*le=\"10\"} 2")
                    .containsPattern("istio_request_duration_milliseconds_sum\\{[^}]*} 14");
        } finally {
            second.shutdownGracefully();
        }
    }

    @Test
    void countsEachByteOfAConnectionOnce() {
        StreamInfo info = new StreamInfo();
        IstioMetrics.Connection connection =
                new IstioMetrics(stats, Reporter.SOURCE, CLIENT).on(loop).tcpOpened(info, SERVICE);
        info.bytesSent = 100;
        connection.bytes(info);
        connection.bytes(info);
        info.bytesSent = 150;
        info.bytesReceived = 7;
        connection.closed(info);
        assertThat(PrometheusText.of(stats, false))
                .containsPattern("istio_tcp_sent_bytes_total\\{[^}]*} 150\n")
                .containsPattern("istio_tcp_received_bytes_total\\{[^}]*} 7\n")
                .containsPattern("istio_tcp_connections_closed_total\\{[^}]*} 1\n");
    }

    @Test
    void closesConnectionsUnderTheLabelsOfTheirFirstReport() {
        StreamInfo info = new StreamInfo();
        IstioMetrics.Connection connection =
                new IstioMetrics(stats, Reporter.SOURCE, CLIENT).on(loop).tcpOpened(info, SERVICE);
        info.flag(ResponseFlag.STREAM_IDLE_TIMEOUT);
        connection.closed(info);
        assertThat(PrometheusText.of(stats, false))
                .containsPattern("istio_tcp_connections_opened_total\\{[^}]*response_flags=\"-\"[^}]*} 1\n")
                .containsPattern("istio_tcp_connections_closed_total\\{[^}]*response_flags=\"-\"[^}]*} 1\n")
                .doesNotContain("response_flags=\"SI\"");
    }

    @ParameterizedTest
    @CsvSource({"allow_any, PassthroughCluster", "block_all, BlackHoleCluster"})
    void namesWhatGoesToHostsThatNobodyDeclared(String route, String name) {
        assertThat(shown(Reporter.SOURCE, Objects.requireNonNull(DestinationService.ofRoute(route))))
                .contains(
                        "destination_service=\"s:80\"",
                        "destination_service_name=\"" + name + "\",destination_service_namespace=\"unknown\"");
    }

    @Test
    void takesTheAuthorityWhereAClientKnowsNoService() {
        assertThat(shown(Reporter.SOURCE, DestinationService.UNKNOWN))
                .contains("destination_service=\"s:80\"", "destination_service_name=\"s:80\"");
    }

    @Test
    void takesItsOwnNameWhereAServerKnowsNoService() {
        assertThat(shown(Reporter.DESTINATION, DestinationService.UNKNOWN))
                .contains(
                        "destination_service=\"s\"",
                        "destination_service_name=\"s\",destination_service_namespace=\"ns\"");
        assertThat(shown(Reporter.DESTINATION, DestinationService.ofCluster("InboundPassthroughCluster")))
                .contains(
                        "destination_service=\"s\"",
                        "destination_service_name=\"InboundPassthroughCluster\",destination_service_namespace=\"ns\"");
    }

    private String shown(Reporter reporter, DestinationService service) {
        new IstioMetrics(stats, reporter, reporter == Reporter.SOURCE ? CLIENT : SERVER)
                .on(loop)
                .request(request("text/plain"), service);
        return PrometheusText.of(stats, false);
    }

    @Test
    void believesCertificatesAboutNamespacesBeforeHeaders() {
        StreamInfo info = request("text/plain");
        info.downstreamPeer = CLIENT;
        info.downstreamPeerUri = "spiffe://cluster.local/ns/elsewhere/sa/c";
        info.upstreamPeer = SERVER;
        info.upstreamPeerUri = "spiffe://cluster.local/ns/beyond/sa/s";
        new IstioMetrics(stats, Reporter.DESTINATION, SERVER).on(loop).request(info, SERVICE);
        new IstioMetrics(stats, Reporter.SOURCE, CLIENT).on(loop).request(info, DestinationService.UNKNOWN);
        assertThat(PrometheusText.of(stats, false))
                .contains(
                        "source_workload=\"c-v1\"",
                        "source_workload_namespace=\"elsewhere\"",
                        "destination_workload=\"s-v1\",destination_workload_namespace=\"beyond\"",
                        "destination_service_namespace=\"beyond\"");
    }

    @Test
    void countsMessagesWhileACallGoesOn() throws Exception {
        StreamInfo info = request("application/grpc");
        IstioMetrics.Worker worker =
                new IstioMetrics(stats, Reporter.SOURCE, CLIENT, OFTEN, Surroundings.NONE).on(loop);
        loop.submit(() -> {
                    worker.callBegun(info, _ -> SERVICE);
                    info.requestMessages = 3;
                    info.responseHeaders = new Headers();
                })
                .get();
        awaitMessages(3);
        assertThat(PrometheusText.of(stats, false))
                .doesNotContain("istio_requests_total")
                .containsPattern("istio_request_messages_total\\{[^}]*destination_cluster=\"unknown\"} 3\n");
        loop.submit(() -> info.requestMessages = 5).get();
        awaitMessages(5);
        loop.submit(() -> {
                    info.requestMessages = 6;
                    worker.request(info, SERVICE);
                })
                .get();
        awaitMessages(6);
        stats.evictUnused();
        stats.evictUnused();
        assertThat(PrometheusText.of(stats, false)).doesNotContain("istio_request_messages_total");
    }

    private void awaitMessages(int messages) {
        await().untilAsserted(() -> assertThat(PrometheusText.of(stats, false))
                .containsPattern("istio_request_messages_total\\{[^}]*} " + messages + "\n"));
    }

    @Test
    void keepsOpenCallsApart() {
        OpenCalls calls = new OpenCalls(loop, Duration.ofHours(1).toNanos(), _ -> {});
        OpenCalls others = new OpenCalls(loop, Duration.ofHours(1).toNanos(), _ -> {});
        List<StreamInfo> all = Stream.generate(StreamInfo::new).limit(40).toList();
        all.forEach(info -> calls.begin(info, _ -> SERVICE));
        others.begin(all.getFirst(), _ -> SERVICE);
        assertThat(others.end(all.getFirst())).as("watched elsewhere").isNull();
        for (StreamInfo info : all) {
            assertThat(calls.end(info)).isNotNull();
            assertThat(calls.end(info)).isNull();
        }
    }

    @Test
    void saysWhoseVersionItIs() {
        assertThat(PrometheusText.of(stats, false)).doesNotContain("istio_build");
        stats.version("1.30.0");
        assertThat(PrometheusText.of(stats, false))
                .contains("# TYPE istio_build gauge\nistio_build{component=\"proxy\",tag=\"1.30.0\"} 1\n");
    }

    @Test
    void showsClusterNamesAsLabels() {
        stats.tag("cluster.outbound|80||a.b.", "cluster", "envoy_cluster_name", "outbound|80||a.b");
        stats.counter("cluster.outbound|80||a.b.upstream_rq_2xx").increment();
        assertThat(PrometheusText.of(stats, false))
                .contains("# TYPE envoy_cluster_upstream_rq_xx counter\n"
                        + "envoy_cluster_upstream_rq_xx{envoy_response_code_class=\"2\","
                        + "envoy_cluster_name=\"outbound|80||a.b\"} 1\n");
    }
}
