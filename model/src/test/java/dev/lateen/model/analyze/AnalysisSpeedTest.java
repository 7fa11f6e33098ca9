package dev.lateen.model.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.resource.RawResource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Four times as much to look at may not take sixteen times as long: no analyzer compares everything with everything.
class AnalysisSpeedTest {
    private static final AnalysisSettings FILES =
            new AnalysisSettings("istio-system", true, true, Instant.parse("2026-06-01T00:00:00Z"));

    @Test
    void growsWithTheNumberOfResourcesAndNotWithItsSquare() {
        List<RawResource> small = mesh(250);
        List<RawResource> large = mesh(1_000);
        analyse(small);
        long smallNanos = Math.min(analyse(small), analyse(small));
        long largeNanos = Math.min(analyse(large), analyse(large));
        System.out.println(
                "analysis of 1,000 services, routes, rules and Deployments: " + largeNanos / 1_000_000 + " ms");
        assertThat(largeNanos).isLessThan(10 * Math.max(smallNanos, 10_000_000));
    }

    private static long analyse(List<RawResource> resources) {
        long start = System.nanoTime();
        List<Message> messages = new MeshAnalysis(FILES, List.of()).withAdvice(resources, MeshAnalysisTest.byDefault());
        assertThat(messages)
                .extracting(message -> message.diagnostic().code())
                .doesNotContain("IST0101", "IST0173", "IST0174");
        return System.nanoTime() - start;
    }

    private static List<RawResource> mesh(int size) {
        List<RawResource> resources = new ArrayList<>();
        for (int number = 0; number < size; number++) {
            resources.addAll(MeshAnalysisTest.parsed("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: s%1$d, namespace: n%2$d}
                    spec: {selector: {app: s%1$d}, ports: [{name: http, port: 80}]}
                    ---
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata: {name: s%1$d, namespace: n%2$d}
                    spec: {template: {metadata: {labels: {app: s%1$d, version: v1}}, spec: {containers: [{name: a, image: b}]}}}
                    ---
                    apiVersion: networking.istio.io/v1
                    kind: DestinationRule
                    metadata: {name: s%1$d, namespace: n%2$d}
                    spec: {host: s%1$d, subsets: [{name: v1, labels: {version: v1}}]}
                    ---
                    apiVersion: networking.istio.io/v1
                    kind: VirtualService
                    metadata: {name: s%1$d, namespace: n%2$d}
                    spec: {hosts: [s%1$d], exportTo: ["."], http: [{route: [{destination: {host: s%1$d, subset: v1}}]}]}
                    ---
                    apiVersion: security.istio.io/v1
                    kind: AuthorizationPolicy
                    metadata: {name: s%1$d, namespace: n%2$d}
                    spec: {selector: {matchLabels: {app: s%1$d}}, rules: [{}]}
                    """.formatted(number, number % 50)));
        }
        return resources;
    }
}
