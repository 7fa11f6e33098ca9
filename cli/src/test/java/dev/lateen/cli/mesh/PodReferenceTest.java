package dev.lateen.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.cli.mesh.PodReference.Type;
import dev.lateen.cli.output.Json;
import org.junit.jupiter.api.Test;

class PodReferenceTest {
    @Test
    void takesWhatFollowsTheLastDotForTheNamespace() {
        assertThat(PodReference.parse("order-7c9f-x2.shop"))
                .isEqualTo(new PodReference(Type.UNSAID, "order-7c9f-x2", "shop"));
        assertThat(PodReference.parse("a.b.shop").name()).isEqualTo("a.b");
    }

    @Test
    void knowsWorkloadsByTheNamesOfKubectl() {
        assertThat(PodReference.parse("deploy/order")).isEqualTo(new PodReference(Type.DEPLOYMENT, "order", ""));
        assertThat(PodReference.parse("deployment.apps/order.shop").type()).isEqualTo(Type.DEPLOYMENT);
        assertThat(PodReference.parse("svc/order.shop")).isEqualTo(new PodReference(Type.SERVICE, "order", "shop"));
        assertThat(PodReference.parse("po/order-0").type()).isEqualTo(Type.POD);
        assertThat(PodReference.parse("StatefulSet/db").type()).isEqualTo(Type.STATEFUL_SET);
    }

    @Test
    void refusesTypesThatHaveNoPods() {
        assertThatThrownBy(() -> PodReference.parse("configmap/order"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("configmap")
                .hasMessageContaining("deploy, svc");
    }

    @Test
    void refusesAnEmptyName() {
        assertThatThrownBy(() -> PodReference.parse("deploy/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("names no pod");
    }

    @Test
    void selectsByTheLabelsOfServicesAndWorkloads() {
        assertThat(ClusterMesh.selector(Json.read("""
                {"spec": {"selector": {"app": "order"}}}"""))).containsExactlyEntriesOf(java.util.Map.of("app", "order"));
        assertThat(ClusterMesh.selector(Json.read("""
                {"spec": {"selector": {"matchLabels": {"app": "order"}, "matchExpressions": []}}}"""))).containsExactlyEntriesOf(java.util.Map.of("app", "order"));
        assertThat(ClusterMesh.selector(Json.read("""
                {"spec": {"type": "ExternalName"}}"""))).isEmpty();
    }
}
