package dev.lateen.translate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.mesh.MeshSettings;
import dev.lateen.model.mesh.SnapshotBuilder;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.validate.ResourceReader;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyLimitsTest {
    private static Map<String, LimitRule> limits(String yaml) {
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        for (ParsedResource parsed : ResourceReader.create().read(yaml, "test.yaml")) {
            builder.put(List.of(((ParsedResource.Valid) parsed).resource()));
        }
        return PolicyLimits.of(builder.build());
    }

    @Test
    void mapsRulesThatAreCountedForTheMesh() {
        var limits = limits("""
                apiVersion: policy.lateen.dev/v1alpha1
                kind: RateLimit
                metadata: {name: api, namespace: shop}
                spec:
                  scope: MESH
                  shadow: true
                  rules:
                  - {limit: {requests: 100, window: 60s}}
                  - {keys: [{header: x-user}], limit: {requests: 5, window: 1s, algorithm: SLIDING_WINDOW}}
                """);
        assertThat(limits)
                .containsExactly(
                        Map.entry(
                                "RateLimit/shop/api/0",
                                new LimitRule(
                                        "RateLimit/shop/api/0",
                                        100,
                                        Duration.ofMinutes(1),
                                        Algorithm.TOKEN_BUCKET,
                                        100,
                                        Optional.empty(),
                                        true,
                                        Map.of())),
                        Map.entry(
                                "RateLimit/shop/api/1",
                                new LimitRule(
                                        "RateLimit/shop/api/1",
                                        5,
                                        Duration.ofSeconds(1),
                                        Algorithm.SLIDING_WINDOW,
                                        5,
                                        Optional.empty(),
                                        true,
                                        Map.of())));
    }

    @Test
    void leavesOutWhatProxiesCountByThemselves() {
        assertThat(limits("""
                apiVersion: policy.lateen.dev/v1alpha1
                kind: RateLimit
                metadata: {name: api, namespace: shop}
                spec: {rules: [{limit: {requests: 100, window: 60s}}]}
                """)).isEmpty();
    }

    @Test
    void mapsQuotasWithTheirCalendarAndOtherNumbers() {
        LimitRule rule = limits("""
                apiVersion: policy.lateen.dev/v1alpha1
                kind: Quota
                metadata: {name: partners, namespace: shop}
                spec:
                  consumer: [{jwtClaim: sub}]
                  requests: 1000
                  period: MONTH
                  timeZone: Europe/Berlin
                  overrides: [{consumer: [gold], requests: 50000}]
                """).get("Quota/shop/partners/0");
        assertThat(rule.calendar()).contains(new CalendarWindow(CalendarWindow.Unit.MONTH, ZoneId.of("Europe/Berlin")));
        assertThat(rule.requestsFor(List.of("gold"))).isEqualTo(50_000);
        assertThat(rule.requestsFor(List.of("iron"))).isEqualTo(1000);
    }
}
