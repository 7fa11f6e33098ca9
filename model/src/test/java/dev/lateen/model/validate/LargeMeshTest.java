package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.RawResource;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A large mesh is read and checked in a time that an editor's save allows.
class LargeMeshTest {
    private static final int SERVICES = 1_000;
    private static final int RULES = 500;

    @Test
    void readsAndChecksThousandServicesInTime() {
        String text = mesh();
        ResourceReader reader = ResourceReader.create();
        long start = System.nanoTime();
        List<ParsedResource> parsed = reader.read(text, "mesh.yaml");
        List<RawResource> resources =
                parsed.stream().map(resource -> ((Valid) resource).resource()).toList();
        long checked = System.nanoTime();
        assertThat(new ReferenceChecker("istio-system").check(resources)).isEmpty();
        Duration reading = Duration.ofNanos(checked - start);
        Duration referring = Duration.ofNanos(System.nanoTime() - checked);
        System.out.println("large mesh: parse and validate " + reading.toMillis() + " ms, references "
                + referring.toMillis() + " ms");
        assertThat(resources).hasSize(SERVICES + 2 * RULES);
        // The aim is well under 2 s on an idle machine, cold; the bound leaves room for a busy one.
        assertThat(reading.plus(referring)).isLessThan(Duration.ofSeconds(10));
    }

    private static String mesh() {
        StringBuilder text = new StringBuilder();
        for (int index = 0; index < SERVICES; index++) {
            text.append("""
                    ---
                    apiVersion: v1
                    kind: Service
                    metadata:
                      name: svc-%1$d
                      namespace: ns-%2$d
                    spec:
                      selector:
                        app: svc-%1$d
                      ports:
                      - name: http
                        port: 80
                        targetPort: 8080
                    """.formatted(index, index % 20));
        }
        for (int index = 0; index < RULES; index++) {
            text.append("""
                    ---
                    apiVersion: networking.istio.io/v1
                    kind: DestinationRule
                    metadata: {name: dr-%1$d, namespace: ns-%2$d}
                    spec:
                      host: svc-%1$d
                      trafficPolicy:
                        connectionPool: {http: {http2MaxRequests: 100}}
                        outlierDetection: {consecutive5xxErrors: 5, interval: 30s}
                      subsets:
                      - {name: v1, labels: {version: v1}}
                      - {name: v2, labels: {version: v2}}
                    ---
                    apiVersion: networking.istio.io/v1
                    kind: VirtualService
                    metadata: {name: vs-%1$d, namespace: ns-%2$d}
                    spec:
                      hosts: [svc-%1$d]
                      http:
                      - match:
                        - headers: {x-canary: {exact: "true"}}
                        - uri: {regex: "/api/v[0-9]+/.*"}
                        route:
                        - destination: {host: svc-%1$d, subset: v2}
                      - route:
                        - destination: {host: svc-%1$d, subset: v1}
                          weight: 90
                        - destination: {host: svc-%1$d, subset: v2}
                          weight: 10
                        timeout: 5s
                        retries: {attempts: 3, perTryTimeout: 2s, retryOn: "5xx,reset"}
                    """.formatted(index, index % 20));
        }
        return text.toString();
    }
}
