package dev.lateen.model.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.validate.ResourceReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which services a workload serves, while endpoints move.
class TargetIndexTest {
    private final SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
    private final TargetIndex index = new TargetIndex();

    @BeforeEach
    void mesh() {
        for (String name : List.of("one", "two", "three")) {
            builder.put(read("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: NAME, namespace: shop}
                    spec: {clusterIP: 10.0.0.1, selector: {app: NAME}, ports: [{name: http, port: 80}]}
                    """.replace("NAME", name)));
            endpoints(name, "10.1.0.1", "10.1.0.2");
        }
        index.update(builder.build());
    }

    @Test
    void oneMovedEndpointIndexesItsServiceAlone() {
        long before = index.indexed();

        endpoints("two", "10.1.0.1", "10.1.0.3");
        index.update(builder.build());

        assertThat(index.indexed() - before).isEqualTo(2);
    }

    @Test
    void followsAMovedEndpoint() {
        endpoints("two", "10.1.0.1", "10.1.0.3");
        index.update(builder.build());

        assertThat(served("10.1.0.2")).containsExactly("one", "three");
        assertThat(served("10.1.0.3")).containsExactly("two");
    }

    @Test
    void followsChangesOfSnapshotsThatItWasNotShown() {
        endpoints("two", "10.1.0.1", "10.1.0.3");
        builder.build();
        endpoints("three", "10.1.0.4");
        index.update(builder.build());

        assertThat(served("10.1.0.2")).containsExactly("one");
        assertThat(served("10.1.0.3")).containsExactly("two");
        assertThat(served("10.1.0.4")).containsExactly("three");
    }

    @Test
    void keepsTheOrderOfTheRegistry() {
        endpoints("one", "10.1.0.9");
        index.update(builder.build());
        endpoints("one", "10.1.0.2");
        index.update(builder.build());

        TargetIndex fresh = new TargetIndex();
        fresh.update(builder.build());
        assertThat(served("10.1.0.2")).hasSize(3).isEqualTo(served(fresh, "10.1.0.2"));
    }

    private List<String> served(String address) {
        return served(index, address);
    }

    private static List<String> served(TargetIndex index, String address) {
        ProxyNode node = ProxyNode.parse(
                        "sidecar~" + address + "~pod.shop~shop.svc.cluster.local", Map.of(), Locality.NONE)
                .orElseThrow();
        return index.of(node).stream()
                .map(target -> target.service().hostname().split("\\.")[0])
                .toList();
    }

    private void endpoints(String name, String... addresses) {
        StringBuilder list = new StringBuilder();
        for (String address : addresses) {
            list.append(list.isEmpty() ? "" : ", ")
                    .append("{ip: ")
                    .append(address)
                    .append('}');
        }
        builder.put(read("""
                apiVersion: v1
                kind: Endpoints
                metadata: {name: NAME, namespace: shop}
                subsets: [{addresses: [LIST], ports: [{name: http, port: 8080}]}]
                """.replace("NAME", name).replace("LIST", list)));
    }

    private static List<RawResource> read(String text) {
        return ResourceReader.create().read(text, "mesh.yaml").stream()
                .map(parsed -> ((Valid) parsed).resource())
                .toList();
    }
}
