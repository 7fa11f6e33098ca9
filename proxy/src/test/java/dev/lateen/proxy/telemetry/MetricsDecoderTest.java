package dev.lateen.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proto.istio.stats.MetricConfig;
import dev.lateen.proto.istio.stats.PluginConfig;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.Refusal;
import dev.lateen.proxy.config.TypedConfig;
import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.StreamInfo;
import dev.lateen.proxy.telemetry.IstioMetrics.Reporter;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsDecoderTest {
    private static final Place HERE = Place.resource("listener", "a");
    private static final PeerInfo CLIENT = new PeerInfo("c-v1", "ns", "c", "v1", "c", "v1", "K");
    private static final DestinationService SERVICE = new DestinationService("s.ns.svc.cluster.local", "s", "ns");

    private final Stats stats = new Stats();

    private static MetricsConfig json(String text) throws InvalidProtocolBufferException {
        Struct.Builder struct = Struct.newBuilder();
        JsonFormat.parser().merge(text, struct);
        Any any = Any.pack(com.github.udpa.udpa.type.v1.TypedStruct.newBuilder()
                .setTypeUrl("type.googleapis.com/stats.PluginConfig")
                .setValue(struct)
                .build());
        return MetricsDecoder.decode(TypedConfig.of(any, HERE), HERE);
    }

    private static StreamInfo request(String tenant) {
        Headers headers = new Headers();
        headers.add("x-tenant", tenant);
        StreamInfo info = new StreamInfo();
        info.request = new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "shop:80", "/", headers);
        info.status = 200;
        info.startNanos = 1;
        info.endNanos = 2;
        return info;
    }

    private String shown(MetricsConfig config, StreamInfo... requests) {
        IstioMetrics.Worker worker = new IstioMetrics(
                        stats,
                        Reporter.SOURCE,
                        CLIENT,
                        config,
                        new Surroundings(Map.of("metadata", Map.of("CLUSTER_ID", "K"))))
                .onOwnThread();
        for (StreamInfo request : requests) {
            worker.request(request, SERVICE);
        }
        return PrometheusText.of(stats, false);
    }

    @Test
    void readsHowOftenConnectionsAreCounted() throws Exception {
        assertThat(json("{}").tcpReporting()).isEqualTo(Duration.ofSeconds(5));
        assertThat(json("{\"tcp_reporting_duration\": \"15s\"}").tcpReporting()).isEqualTo(Duration.ofSeconds(15));
        assertThatThrownBy(() -> json("{\"tcp_reporting_duration\": \"0s\"}"))
                .hasMessageContaining("tcp_reporting_duration");
    }

    @Test
    void addsTagsToOneMetric() throws Exception {
        String shown = shown(
                json(
                        "{metrics: [{name: requests_total, dimensions: {host: request.host, tenant: \"request.headers['x-tenant']\"}}]}"),
                request("blue"));
        assertThat(shown)
                .containsPattern("istio_requests_total\\{[^}]*,host=\"shop:80\",tenant=\"blue\"} 1")
                .containsPattern("istio_request_bytes_count\\{[^}]*connection_security_policy=\"unknown\"} 1");
    }

    @Test
    void replacesAndRemovesStandardTags() throws Exception {
        String shown = shown(
                json(
                        "{metrics: [{dimensions: {request_protocol: request.protocol, source_cluster: \"node.metadata['CLUSTER_ID']\"},"
                                + " tags_to_remove: [response_flags]}]}"),
                request("blue"));
        assertThat(shown).contains("request_protocol=\"HTTP/1.1\"", "source_cluster=\"K\"");
        assertThat(shown).doesNotContain("response_flags", "request_protocol=\"http\"");
    }

    @Test
    void addsUpSeriesThatDifferOnlyInAnotherMetricsTags() throws Exception {
        String shown = shown(
                json("{metrics: [{name: requests_total, dimensions: {tenant: \"request.headers['x-tenant']\"}}]}"),
                request("blue"),
                request("green"));
        assertThat(shown)
                .containsPattern("istio_requests_total\\{[^}]*tenant=\"blue\"} 1")
                .containsPattern("istio_requests_total\\{[^}]*tenant=\"green\"} 1")
                .containsPattern("istio_request_bytes_count\\{[^}]*} 2");
    }

    @Test
    void saysUnknownWhereAnExpressionHasNoValue() throws Exception {
        assertThat(shown(json("{metrics: [{dimensions: {other: \"request.headers['nothing']\"}}]}"), request("blue")))
                .contains("other=\"unknown\"");
    }

    @Test
    void keepsWhatCallersSendShort() throws Exception {
        assertThat(shown(
                        json("{metrics: [{dimensions: {tenant: \"request.headers['x-tenant']\"}}]}"),
                        request("b".repeat(300))))
                .contains("tenant=\"other\"")
                .doesNotContain("bbb");
    }

    @Test
    void leavesOutMetrics() throws Exception {
        String shown = shown(json("{metrics: [{name: request_bytes, drop: true}]}"), request("blue"));
        assertThat(shown).contains("istio_requests_total{").doesNotContain("istio_request_bytes");
    }

    @Test
    void takesAuthoritiesForServicesOnlyWhereItMay() throws Exception {
        DestinationService unknown = new DestinationService("", "unknown", "unknown");
        new IstioMetrics(
                        stats, Reporter.SOURCE, CLIENT, json("{disable_host_header_fallback: true}"), Surroundings.NONE)
                .onOwnThread()
                .request(request("blue"), unknown);
        assertThat(PrometheusText.of(stats, false))
                .contains("destination_service=\"unknown\"")
                .doesNotContain("shop:80");
    }

    @Test
    void readsTheBinaryForm() {
        PluginConfig plugin = PluginConfig.newBuilder()
                .addMetrics(MetricConfig.newBuilder().putDimensions("host", "request.host"))
                .build();
        assertThat(shown(MetricsDecoder.decode(TypedConfig.of(Any.pack(plugin), HERE), HERE), request("blue")))
                .contains("host=\"shop:80\"");
    }

    @Test
    void refusesByName() {
        assertThatThrownBy(() -> json("{metrics: [{name: no_such_metric}]}"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("metrics[0].name: value: 'no_such_metric'");
        assertThatThrownBy(() -> json("{metrics: [{dimensions: {a: request.hots}}]}"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("metrics[0].dimensions['a']")
                .hasMessageContaining("request.hots");
        assertThatThrownBy(() -> json("{definitions: [{name: a}]}"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("definitions");
    }
}
