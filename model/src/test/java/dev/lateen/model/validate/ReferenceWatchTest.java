package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.RawResource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What a change costs to check again, and that nothing is missed for it.
class ReferenceWatchTest {
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: NAME, namespace: shop}
            spec: {selector: {app: NAME}, ports: [{name: http, port: 80}]}
            """;
    private static final String ROUTE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: NAME, namespace: shop}
            spec:
              hosts: [HOST]
              http:
              - route: [{destination: {host: TARGET, subset: SUBSET}}]
                timeout: 1s
            """;
    private static final String RULE = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: NAME, namespace: shop}
            spec:
              host: HOST
              trafficPolicy: {connectionPool: {tcp: {maxConnections: 7}}}
              subsets: [{name: SUBSET, labels: {version: SUBSET}}]
            """;

    private final ReferenceWatch watch = new ReferenceWatch("istio-system");
    private final Map<String, RawResource> all = new LinkedHashMap<>();

    @Test
    void oneChangedRouteIsCheckedAlone() {
        for (int i = 0; i < 20; i++) {
            put("s" + i, SERVICE.replace("NAME", "svc-" + i));
            put("d" + i, rule(i, i, "v1"));
            put("r" + i, route(i, i, i, "v1"));
        }
        watch.findings();
        long before = watch.visits();

        put("r3", route(3, 3, 3, "v1").replace("1s", "2s"));

        assertThat(watch.findings()).isEmpty();
        assertThat(watch.visits() - before).isEqualTo(1);
    }

    @Test
    void podsThatComeAndGoAreCheckedAlone() {
        for (int i = 0; i < 20; i++) {
            put("s" + i, SERVICE.replace("NAME", "svc-" + i));
        }
        put("a", pod("a", "svc-0", "1.1.1.1"));
        watch.findings();
        long before = watch.visits();

        put("a", pod("a", "svc-0", "1.1.1.2"));
        put("b", pod("b", "svc-0", "1.1.1.3"));
        watch.findings();
        remove("a");
        watch.findings();

        assertThat(watch.visits() - before).isEqualTo(2);
        remove("b");
        assertThat(watch.findings())
                .containsExactlyInAnyOrderElementsOf(
                        new ReferenceChecker("istio-system").check(new ArrayList<>(all.values())));
        assertThat(watch.visits() - before).isGreaterThan(20);
    }

    private static String pod(String name, String app, String address) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s, namespace: shop, labels: {app: %s}}
                status: {podIP: %s}
                """.formatted(name, app, address);
    }

    @Test
    void findsInAChangedRouteWhatIsNotThere() {
        put("s", SERVICE.replace("NAME", "svc-0"));
        put("r", route(0, 0, 0, "v1"));
        watch.findings();

        put("r", route(0, 0, 9, "v1"));

        assertThat(watch.findings()).extracting(Diagnostic::code).contains("reference-not-found");
    }

    @Test
    void findsTheSameAsACheckOfAllThroughRandomChanges() {
        Random random = new Random(7);
        for (int step = 0; step < 400; step++) {
            int number = random.nextInt(4);
            int other = random.nextInt(5);
            String subset = random.nextBoolean() ? "v1" : "v2";
            switch (random.nextInt(6)) {
                case 0 -> put("s" + number, SERVICE.replace("NAME", "svc-" + number));
                case 1 -> put("d" + number, rule(number, other, subset));
                case 2 -> put("r" + number, route(number, random.nextInt(2), other, subset));
                case 3 -> put("p" + number, pod("pod-" + number, "svc-" + random.nextInt(2), "1.1.1." + step % 200));
                case 4 -> put("i" + number, insight(number, random.nextInt(2)));
                default -> remove(List.of("r", "s", "p", "i").get(random.nextInt(4)) + number);
            }
            assertThat(watch.findings())
                    .as("after step " + step)
                    .containsExactlyInAnyOrderElementsOf(
                            new ReferenceChecker("istio-system").check(new ArrayList<>(all.values())));
        }
    }

    private static String route(int name, int host, int target, String subset) {
        return ROUTE.replace("NAME", "route-" + name)
                .replace("HOST", "svc-" + host)
                .replace("TARGET", "svc-" + target)
                .replace("SUBSET", subset);
    }

    /// Says whom it is about by labels, which some pod should have.
    private static String insight(int name, int app) {
        return """
                apiVersion: telemetry.istio.io/v1
                kind: Telemetry
                metadata: {name: insight-%d, namespace: shop}
                spec:
                  selector: {matchLabels: {app: svc-%d}}
                  accessLogging: [{providers: [{name: envoy}]}]
                """.formatted(name, app);
    }

    private static String rule(int name, int host, String subset) {
        return RULE.replace("NAME", "rule-" + name)
                .replace("HOST", "svc-" + host)
                .replace("SUBSET", subset);
    }

    private void remove(String file) {
        RawResource gone = all.remove(file);
        if (gone != null) {
            watch.change(List.of(), List.of(gone.key()));
        }
    }

    private void put(String file, String text) {
        RawResource resource = ((Valid) ResourceReader.create()
                        .read(text, file + ".yaml", file.hashCode())
                        .getFirst())
                .resource();
        all.put(file, resource);
        watch.change(List.of(resource), List.of());
    }
}
