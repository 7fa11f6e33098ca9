package dev.lateen.control.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How many entries nodes may make.
class RegistrationLimitsTest {
    @TempDir
    private Path state;

    private RegisteringMesh mesh;

    @BeforeEach
    void start() throws IOException {
        mesh = new RegisteringMesh(state, Instant.parse("2026-01-01T00:00:00Z"))
                .file("group.yaml", RegisteringMesh.GROUP);
    }

    @AfterEach
    void end() {
        mesh.close();
    }

    @Test
    void aGroupHasNoMoreEntriesThanItsLimit() {
        for (int i = 0; i < RegisteringMesh.LIMITS.ofGroup(); i++) {
            assertThat(mesh.node().at("10.0.0." + i).connects()).isEmpty();
        }

        assertThat(mesh.node().connects())
                .isEqualTo("too many registered workloads of WorkloadGroup shop/cart (limit: 3)");
        assertThat(mesh.node().at("10.0.0.0").connects()).isEmpty();
    }

    @Test
    void thereAreNoMoreEntriesInAllThanTheLimit() {
        for (int group = 0; group < 3; group++) {
            mesh.file("group-" + group + ".yaml", """
                    apiVersion: networking.istio.io/v1
                    kind: WorkloadGroup
                    metadata: {name: group-N, namespace: shop}
                    spec: {template: {serviceAccount: cart}}
                    """.replace("group-N", "group-" + group));
        }
        for (int i = 0; i < RegisteringMesh.LIMITS.most(); i++) {
            assertThat(mesh.node()
                            .says("AUTO_REGISTER_GROUP", "group-" + i % 3)
                            .at("10.0.0." + i)
                            .connects())
                    .isEmpty();
        }

        assertThat(mesh.node().connects()).isEqualTo("too many registered workloads (limit: 5)");
    }
}
