package dev.lateen.e2e.attack;

import static dev.lateen.e2e.attack.AttackedControlPlane.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.xds.HealthInformation;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes with an identity of the mesh that register as what they are not, or more than they may.
class RegistrationAttacksIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String GROUP = "AUTO_REGISTER_GROUP";
    private static final int MOST_OF_GROUP = 2_000;

    @TempDir
    private static Path directory;

    private static AttackedControlPlane control;

    @BeforeAll
    static void start() throws IOException {
        control = AttackedControlPlane.start(directory);
    }

    @AfterAll
    static void end() {
        control.close();
    }

    @AfterEach
    void servesOthers() throws IOException {
        control.assertUnharmed();
    }

    @Test
    void aNodeRegistersWithItsOwnGroup() throws IOException {
        try (GrpcCaller user = control.workload(USER)) {
            assertThat(user.discover(node("192.0.2.7", "shop"), Map.of(GROUP, "user")))
                    .contains("outbound|80||user.shop.svc.cluster.local");
            await().atMost(SOON).untilAsserted(() -> assertThat(entries()).contains("user-192.0.2.7"));
        }
    }

    @Test
    void notWithAnotherAccountsGroup() throws IOException {
        assertRefused(
                node("192.0.2.8", "shop"),
                Map.of(GROUP, "till"),
                "WorkloadGroup shop/till is for service account \"till\"");
    }

    @Test
    void notInAnotherNamespace() throws IOException {
        assertRefused(node("192.0.2.8", "istio-system"), Map.of(GROUP, "user"), "namespace \"istio-system\"");
        assertRefused(
                node("192.0.2.8", "shop"),
                Map.of(GROUP, "user", "NAMESPACE", "istio-system"),
                "namespace \"istio-system\"");
    }

    @Test
    void notAtTheAddressOfAnotherWorkload() throws IOException {
        assertRefused(
                node("10.9.0.9", "shop"), Map.of(GROUP, "user"), "10.9.0.9 is the address of shop/till-1, and the");
    }

    @Test
    void notAtAddressesThatAreNoMachines() throws IOException {
        for (String address : new String[] {"169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1"}) {
            assertRefused(node(address, "shop"), Map.of(GROUP, "user"), "node.id: " + address);
        }
    }

    @Test
    void notWithNamesThatAreNone() throws IOException {
        assertRefused(node("192.0.2.8", "shop"), Map.of(GROUP, "../user"), "expected: the name of a WorkloadGroup");
        assertRefused(node("192.0.2.8", "shop"), Map.of(GROUP, "x".repeat(60_000)), "expected: the name of a");
        assertRefused(node("192.0.2.8", "shop"), Map.of(GROUP, "user", "NETWORK", "a/b"), "node.metadata.NETWORK");
    }

    @Test
    void notOverThePortThatAsksForNoProof() throws IOException {
        try (GrpcCaller stranger = GrpcCaller.plaintext(control.plaintextPort())) {
            assertThat(stranger.discover(node("192.0.2.8", "shop"), Map.of(GROUP, "user")))
                    .startsWith("PERMISSION_DENIED")
                    .contains("has to prove who it is");
        }
        assertThat(entries()).doesNotContain("192.0.2.8");
    }

    @Test
    void notMoreOftenThanTheGroupMay() throws IOException {
        try (GrpcCaller user = control.workload(USER)) {
            String answer = "";
            for (int i = 0; i <= MOST_OF_GROUP && !answer.contains("limit"); i++) {
                answer = user.discover(node("198.51." + i / 250 + "." + (i % 250 + 1), "shop"), Map.of(GROUP, "many"));
            }
            // Those that have gone make room after the grace period, which a slow machine may outlast.
            assertThat(answer).containsAnyOf("(limit: " + MOST_OF_GROUP + ")", "outbound|80||user");
        }
        await().atMost(SOON).untilAsserted(() -> assertThat(entries()).doesNotContain("198.51."));
    }

    @Test
    void wordsOfHealthCostLittle() throws IOException {
        try (GrpcCaller user = control.workload(USER)) {
            StreamObserver<DiscoveryRequest> requests = ClientCalls.asyncBidiStreamingCall(
                    user.channel().newCall(GrpcCaller.STREAM, CallOptions.DEFAULT), new Ignored());
            for (int i = 0; i < 20_000; i++) {
                requests.onNext(DiscoveryRequest.newBuilder()
                        .setNode(Node.newBuilder().setId(node("192.0.2.9", "shop")))
                        .setTypeUrl(HealthInformation.TYPE_URL)
                        .build());
            }
            control.assertUnharmed();
            requests.onCompleted();
        }
    }

    private static void assertRefused(String node, Map<String, String> metadata, String reason) throws IOException {
        try (GrpcCaller user = control.workload(USER)) {
            assertThat(user.discover(node, metadata))
                    .startsWith("PERMISSION_DENIED")
                    .contains(reason)
                    .hasSizeLessThan(1000);
        }
        assertThat(entries()).doesNotContain("192.0.2.8").doesNotContain("user-10.9.0.9");
    }

    private static String node(String address, String namespace) {
        return "sidecar~" + address + "~vm." + namespace + "~" + namespace + ".svc.cluster.local";
    }

    /// The resources in force.
    private static String entries() throws IOException {
        return Victim.get(control.debugPort(), "/debug/configz").body();
    }

    private static final class Ignored implements StreamObserver<DiscoveryResponse> {
        @Override
        public void onNext(DiscoveryResponse response) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }
}
