package dev.lateen.model.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.mesh.Endpoint.Health;
import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a workload outside of the platform adds to the services that select it.
class WorkloadEntriesTest {
    private static final String SERVICE_ENTRY = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: cart, namespace: shop}
            spec:
              hosts: [cart.shop.internal]
              ports: [{number: 80, name: http, protocol: HTTP}]
              resolution: STATIC
              location: MESH_INTERNAL
              workloadSelector: {labels: {app: cart}}
            """;
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: cart, namespace: shop}
            spec: {clusterIP: 10.0.0.1, selector: {app: cart}, ports: [{name: http, port: 80, targetPort: web}]}
            """;
    private static final String SLICE = """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            addressType: IPv4
            metadata: {name: cart-1, namespace: shop, labels: {kubernetes.io/service-name: cart}}
            endpoints: [{addresses: [10.1.0.1], conditions: {ready: true}}]
            ports: [{name: http, port: 8080, protocol: TCP}]
            """;
    private static final String ENTRY = """
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: cart-1, namespace: shop, annotations: {ANNOTATIONS}}
            spec:
              address: 192.0.2.7
              labels: {app: cart}
              ports: {http: 8081}
              weight: 7
              serviceAccount: cart
            """;
    private static final String CHECKED = "proxy.istio.io/health-checks-enabled: 'true'";

    private final SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);

    @Test
    void aServiceEntrySelectsItWithItsWeight() {
        put(SERVICE_ENTRY, entry(""));

        assertThat(endpoints("cart.shop.internal")).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.address()).isEqualTo("192.0.2.7");
            assertThat(endpoint.port()).isEqualTo(8081);
            assertThat(endpoint.weight()).isEqualTo(7);
            assertThat(endpoint.takesMutualTls()).isTrue();
            assertThat(endpoint.health()).isEqualTo(Health.HEALTHY);
        });
    }

    @Test
    void aServiceHasItBesideThePodsOfItsSlices() {
        put(SERVICE, SLICE, entry(""));

        assertThat(endpoints("cart.shop.svc.cluster.local"))
                .extracting(Endpoint::address, Endpoint::port)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("10.1.0.1", 8080),
                        org.assertj.core.groups.Tuple.tuple("192.0.2.7", 8081));
    }

    @Test
    void oneThatIsAskedHowItIsIsNotWellUntilItSaysSo() {
        put(SERVICE_ENTRY, entry(CHECKED));

        assertThat(health()).isEqualTo(Health.UNHEALTHY);
    }

    @Test
    void itsConditionSaysHowItIs() {
        put(SERVICE_ENTRY, entry(CHECKED) + "status: {conditions: [{type: Healthy, status: 'True'}]}\n");
        Health well = health();
        put(entry(CHECKED) + "status: {conditions: [{type: Healthy, status: 'False'}]}\n");

        assertThat(well).isEqualTo(Health.HEALTHY);
        assertThat(health()).isEqualTo(Health.UNHEALTHY);
    }

    @Test
    void theConditionOfOneThatNobodyAsksMeansNothing() {
        put(SERVICE_ENTRY, entry("") + "status: {conditions: [{type: Healthy, status: 'False'}]}\n");

        assertThat(health()).isEqualTo(Health.HEALTHY);
    }

    @Test
    void isFoundByItsAddress() {
        put(entry(""));
        builder.build();

        assertThat(builder.workloadAt("192.0.2.7"))
                .map(Workload::serviceAccount)
                .contains("cart");
        assertThat(builder.workloadAt("192.0.2.8")).isEmpty();
    }

    private Health health() {
        return endpoints("cart.shop.internal").getFirst().health();
    }

    private List<Endpoint> endpoints(String host) {
        return builder.build().endpointsOf(new ServiceId(host, "shop"));
    }

    private static String entry(String annotations) {
        return ENTRY.replace("ANNOTATIONS", annotations);
    }

    private void put(String... documents) {
        for (String document : documents) {
            List<RawResource> read = ResourceReader.create().read(document, "test.yaml").stream()
                    .map(parsed -> ((Valid) parsed).resource())
                    .toList();
            builder.put(read);
        }
    }
}
