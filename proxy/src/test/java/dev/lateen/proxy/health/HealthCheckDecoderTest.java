package dev.lateen.proxy.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.ProtoJson;
import dev.lateen.proxy.config.Refusal;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HealthCheckDecoderTest {
    private static final String USUAL =
            "\"timeout\":\"1s\",\"interval\":\"5s\",\"unhealthyThreshold\":3,\"healthyThreshold\":0,";

    private static HealthCheckConfig decode(String fields) throws Exception {
        HealthCheck check = new ProtoJson()
                .parse("{" + fields + "}", HealthCheck.newBuilder())
                .build();
        Place at = Place.resource("cluster", "a").field("health_checks");
        HealthCheckDecoder.FIELDS.check(check, at.index(0));
        return HealthCheckDecoder.decode(List.of(check), at).orElseThrow();
    }

    @Test
    void hasEnvoysDefaults() throws Exception {
        HealthCheckConfig config = decode(USUAL + "\"httpHealthCheck\":{\"path\":\"/h\"}");
        assertThat(config.reuseConnection()).isTrue();
        assertThat(config.healthyThreshold()).isEqualTo(1);
        assertThat(config.pace().noTraffic()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.pace().noTrafficHealthy()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.pace().unhealthyEdge()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.pace().healthyEdge()).isEqualTo(Duration.ofSeconds(5));
        CheckKind.Http http = (CheckKind.Http) config.kind();
        assertThat(http.method()).isEqualTo("GET");
        assertThat(http.receiveBytes()).isEqualTo(1024);
        assertThat(http.isExpected(200)).isTrue();
        assertThat(http.isExpected(204)).isFalse();
    }

    @Test
    void readsPayloadsAsOctets() throws Exception {
        HealthCheckConfig config =
                decode(USUAL + "\"tcpHealthCheck\":{\"send\":{\"text\":\"00Ff\"},\"receive\":[{\"binary\":\"gA==\"}]}");
        assertThat(config.kind()).isEqualTo(new CheckKind.Tcp("\u0000\u00ff", List.of("\u0080")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"interval\":\"5s\",\"tcpHealthCheck\":{} | health_checks[0].timeout: is missing",
                "\"timeout\":\"0s\",\"interval\":\"5s\",\"tcpHealthCheck\":{} | timeout",
                "\"timeout\":\"1s\",\"interval\":\"5s\",\"healthyThreshold\":1,\"tcpHealthCheck\":{} | unhealthy_threshold: is missing",
                "USUAL\"noTrafficInterval\":\"0s\",\"tcpHealthCheck\":{} | no_traffic_interval",
                "USUAL\"unhealthyInterval\":\"1s\" | http_health_check, tcp_health_check or grpc_health_check",
                "USUAL\"httpHealthCheck\":{} | http_health_check.path",
                "USUAL\"httpHealthCheck\":{\"path\":\"/a\\nb\"} | http_health_check.path",
                "USUAL\"httpHealthCheck\":{\"path\":\"/\",\"method\":\"CONNECT\"} | CONNECT",
                "USUAL\"httpHealthCheck\":{\"path\":\"/\",\"codecClientType\":\"HTTP3\"} | codec_client_type",
                "USUAL\"httpHealthCheck\":{\"path\":\"/\",\"expectedStatuses\":[{\"start\":200,\"end\":700}]} | expected_statuses[0]",
                "USUAL\"httpHealthCheck\":{\"path\":\"/\",\"retriableStatuses\":[{\"start\":300,\"end\":300}]} | retriable_statuses[0]",
                "USUAL\"httpHealthCheck\":{\"path\":\"/\",\"receive\":[{\"text\":\"4G\"}]} | receive[0].text: value: '4G'",
                "USUAL\"httpHealthCheck\":{\"path\":\"/\",\"send\":{\"text\":\"41\"}} | http_health_check.send",
                "USUAL\"httpHealthCheck\":{\"path\":\"/\",\"requestHeadersToAdd\":[{\"header\":{\"key\":\"a\",\"value\":\"%START_TIME%\"}}]} | request_headers_to_add[0].header.value",
                "USUAL\"tcpHealthCheck\":{\"receive\":[{\"text\":\"\"}]} | receive[0]: is empty",
                "USUAL\"tcpHealthCheck\":{\"proxyProtocolConfig\":{}} | proxy_protocol_config",
                "USUAL\"customHealthCheck\":{\"name\":\"redis\"} | custom_health_check",
                "USUAL\"tcpHealthCheck\":{},\"eventLogPath\":\"/x\" | event_log_path",
                "USUAL\"tcpHealthCheck\":{},\"eventLogger\":[{\"name\":\"a\"}] | event_logger",
                "USUAL\"tcpHealthCheck\":{},\"transportSocketMatchCriteria\":{} | transport_socket_match_criteria",
                "USUAL\"tcpHealthCheck\":{},\"altPort\":80 | alt_port"
            })
    void namesWhatIsWrong(String fields, String words) {
        assertThatThrownBy(() -> decode(fields.replace("USUAL", USUAL)))
                .isInstanceOf(Refusal.class)
                .hasMessageStartingWith("cluster 'a': health_checks[0]")
                .hasMessageContaining(words);
    }

    @Test
    void takesOneCheckOfACluster() {
        assertThatThrownBy(() -> HealthCheckDecoder.decode(
                        List.of(HealthCheck.getDefaultInstance(), HealthCheck.getDefaultInstance()),
                        Place.resource("cluster", "a").field("health_checks")))
                .hasMessageContaining("2 checks (expected: one");
    }
}
