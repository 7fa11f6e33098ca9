package dev.lateen.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.output.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DistributionTest {
    @Test
    void addsUpTheProxiesOfAllControlPlanes() {
        Distribution seen = Distribution.of("vs", "web", "shop", List.of(page(3, 3), page(1, 2)));
        assertThat(seen.text()).isEqualTo("in force on 4 of 5 proxies");
        assertThat(seen.reached(1)).isFalse();
        assertThat(seen.reached(0.8)).isTrue();
    }

    @Test
    void waitsForEveryControlPlane() {
        Distribution seen = Distribution.of(
                "virtualservices", "web", "shop", List.of(page(3, 3), Json.read("{\"resources\": []}")));
        assertThat(seen.known()).isFalse();
        assertThat(seen.reached(1)).isFalse();
    }

    @Test
    void saysWhoHasRefusedIt() {
        Distribution seen = Distribution.of("VirtualService", "web", "shop", List.of(Json.read("""
                {"resources": [{"kind": "VirtualService", "name": "web", "namespace": "shop",
                  "programmed": {"proxies": 1, "of": 2},
                  "rejected": [{"proxy": "a.shop", "reason": "no such cluster"}]}]}""")));
        assertThat(seen.refusals()).containsExactly("proxy a.shop has refused it: no such cluster");
    }

    @Test
    void saysWhatIsWrongWithOneThatWasNotAccepted() {
        Distribution seen = Distribution.of("VirtualService", "web", "shop", List.of(Json.read("""
                {"resources": [{"kind": "VirtualService", "name": "web", "namespace": "shop",
                  "diagnostics": [{"severity": "error", "at": "web.yaml:3:1", "message": "hosts is missing"}]}]}""")));
        assertThat(seen.refusals()).containsExactly("not accepted: web.yaml:3:1: hosts is missing");
    }

    private static JsonNode page(int proxies, int of) {
        return Json.read("""
                {"resources": [{"kind": "VirtualService", "name": "web", "namespace": "shop",
                  "programmed": {"proxies": %d, "of": %d}, "rejected": []}]}""".formatted(proxies, of));
    }
}
