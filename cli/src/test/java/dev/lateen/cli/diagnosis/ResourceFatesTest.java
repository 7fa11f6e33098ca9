package dev.lateen.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.output.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ResourceFatesTest {
    private static final JsonNode ONE = Json.read("""
            {"proxies": 3, "resources": [
              {"kind": "VirtualService", "namespace": "shop", "name": "reviews", "verdict": "ACCEPTED",
               "diagnostics": [{"severity": "warning", "at": "vs.yaml:7:5",
                 "message": "spec.hosts[0]: sidecars follow VirtualService shop/older for this host", "advice": "join them"}],
               "unsupported": [], "programmed": {"proxies": 2, "of": 3},
               "rejected": [{"proxy": "web-1.shop", "type": "RDS", "reason": "no such header"}]},
              {"kind": "DestinationRule", "namespace": "shop", "name": "pool", "verdict": "ACCEPTED",
               "diagnostics": [], "unsupported": [], "programmed": {"proxies": 3, "of": 3}, "rejected": []},
              {"kind": "Gateway", "namespace": "shop", "name": "broken", "verdict": "REFUSED",
               "diagnostics": [{"severity": "error", "at": "gw.yaml:9:3", "message": "no port", "advice": ""}]}]}
            """);
    private static final JsonNode POOL = Json.read("""
            {"kind": "DestinationRule", "metadata": {"name": "pool", "namespace": "shop"},
             "spec": {"trafficPolicy": {"connectionPool": {"tcp": {"maxConnections": 100}}}}}
            """);

    @Test
    void tellsConflictRefusalAndProgress() {
        ResourceFates fates = ResourceFates.of(List.of(ONE), List.of(), "reviews");
        assertThat(fates.text())
                .contains("VirtualService/reviews.shop  ACCEPTED  2/3")
                .contains("  web-1.shop refuses its RDS: no such header\n")
                .contains("vs.yaml:7:5: warning: spec.hosts[0]: sidecars follow VirtualService shop/older");
        assertThat(fates.areGood()).isFalse();
    }

    @Test
    void multipliesLimitsByClients() {
        assertThat(ResourceFates.of(List.of(ONE), List.of(POOL), "destinationrule/pool")
                        .text())
                .contains("maxConnections 100 holds for each client by itself: up to 300 from 3 proxies");
    }

    @Test
    void addsTheProxiesOfSeveralControlPlanes() {
        ResourceFates fates = ResourceFates.of(List.of(ONE, ONE), List.of(POOL), "pool");
        assertThat(fates.text()).contains("6/6").contains("up to 600 from 6 proxies");
        assertThat(fates.areGood()).isTrue();
    }

    @Test
    void leavesOutWhatIsWell() {
        String text = ResourceFates.of(List.of(ONE), List.of(), "").inTrouble().text();
        assertThat(text)
                .contains("VirtualService/reviews.shop", "Gateway/broken.shop")
                .doesNotContain("pool");
    }

    @Test
    void knowsNoProgressOfWhatIsNotInForce() {
        ResourceFates fates = ResourceFates.of(List.of(ONE), List.of(), "gateway/");
        assertThat(fates.text()).contains("Gateway/broken.shop  REFUSED  -").contains("gw.yaml:9:3: error: no port");
        assertThat(fates.areGood()).isFalse();
        assertThat(ResourceFates.of(List.of(ONE), List.of(), "nothing").isEmpty())
                .isTrue();
    }
}
