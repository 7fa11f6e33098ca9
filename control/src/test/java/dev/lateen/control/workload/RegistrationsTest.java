package dev.lateen.control.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.mesh.Endpoint;
import dev.lateen.model.mesh.Endpoint.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The life of an entry that a node's connection makes.
class RegistrationsTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final String HOST = "cart.internal";
    private static final Map<String, Object> PROBE =
            Map.of("readinessProbe", Map.of("httpGet", Map.of("port", 8081.0)));

    @TempDir
    private Path state;

    private RegisteringMesh mesh;

    @BeforeEach
    void start() throws IOException {
        mesh = new RegisteringMesh(state, START).file("group.yaml", RegisteringMesh.GROUP);
    }

    @AfterEach
    void end() {
        mesh.close();
    }

    @Test
    void isMadeOfTheTemplateAndTheNode() {
        String refusal = mesh.node()
                .says("LABELS", Map.of("tier", "node", "istio-locality", "east/b"))
                .says("NETWORK", "dc1")
                .connects();

        assertThat(refusal).isEmpty();
        assertThat(mesh.entries()).containsExactly("cart-192.0.2.7-dc1");
        assertThat(mesh.metadata("cart-192.0.2.7-dc1").annotations())
                .containsEntry("istio.io/autoRegistrationGroup", "cart")
                .containsEntry("istio.io/connectedAt", START.toString())
                .containsEntry("example.com/owner", "cart-team")
                .containsKey("istio.io/workloadController")
                .doesNotContainKeys("istio.io/disconnectedAt", "proxy.istio.io/health-checks-enabled");
        Endpoint endpoint = mesh.endpoints(HOST).getFirst();
        assertThat(endpoint.address()).isEqualTo("192.0.2.7");
        assertThat(endpoint.port()).isEqualTo(8081);
        assertThat(endpoint.weight()).isEqualTo(3);
        assertThat(endpoint.network()).isEqualTo("dc1");
        assertThat(endpoint.locality()).hasToString("east/b");
        assertThat(endpoint.owner().serviceAccount()).isEqualTo("cart");
        assertThat(endpoint.labels())
                .containsExactlyInAnyOrderEntriesOf(Map.of("app", "cart", "tier", "node", "disk", "ssd"));
    }

    @Test
    void writesAnAddressOfVersionSixWithoutColons() {
        mesh.node().at("2001:db8::7").connects();

        assertThat(mesh.entries()).containsExactly("cart-2001-db8--7");
        assertThat(mesh.endpoints(HOST).getFirst().address()).isEqualTo("2001:db8::7");
    }

    @Test
    void staysForTheGracePeriodAndGoesThen() {
        var node = mesh.node();
        node.connects();
        node.goes();
        mesh.pass(RegisteringMesh.GRACE.minusSeconds(1));

        assertThat(mesh.entries()).hasSize(1);
        assertThat(mesh.metadata("cart-192.0.2.7").annotations())
                .containsKey("istio.io/disconnectedAt")
                .doesNotContainKey("istio.io/connectedAt");
        mesh.pass(Duration.ofSeconds(1));
        assertThat(mesh.entries()).isEmpty();
        assertThat(mesh.endpoints(HOST)).isEmpty();
    }

    @Test
    void oneThatComesBackInTimeIsTheSame() {
        var first = mesh.node().says("PROXY_CONFIG", PROBE);
        first.connects();
        first.isWell();
        first.goes();
        mesh.pass(Duration.ofSeconds(5));
        mesh.node().says("PROXY_CONFIG", PROBE).connects();

        assertThat(mesh.endpoints(HOST)).singleElement().returns(Health.HEALTHY, Endpoint::health);
        mesh.pass(Duration.ofMinutes(5));
        assertThat(mesh.entries()).hasSize(1);
    }

    @Test
    void staysWhileOneOfItsStreamsIsOpen() {
        var proxy = mesh.node();
        var agent = mesh.node().says("LATEEN_STREAM", "health");
        proxy.connects();
        agent.connects();
        proxy.goes();
        mesh.pass(Duration.ofMinutes(1));
        assertThat(mesh.entries()).hasSize(1);

        agent.goes();
        mesh.pass(RegisteringMesh.GRACE);
        assertThat(mesh.entries()).isEmpty();
    }

    @Test
    void oneThatIsAskedHowItIsGetsNothingBeforeItSaysThatItIsWell() {
        var node = mesh.node().says("PROXY_CONFIG", PROBE);
        node.connects();
        Health atFirst = mesh.endpoints(HOST).getFirst().health();
        node.isWell();
        Health thatIsWell = mesh.endpoints(HOST).getFirst().health();
        mesh.pass(Duration.ofSeconds(1));
        node.isUnwell("HTTP status 503");

        assertThat(atFirst).isEqualTo(Health.UNHEALTHY);
        assertThat(thatIsWell).isEqualTo(Health.HEALTHY);
        assertThat(mesh.endpoints(HOST).getFirst().health()).isEqualTo(Health.UNHEALTHY);
        mesh.pass(Duration.ofSeconds(1));
        node.isWell();
        assertThat(mesh.endpoints(HOST).getFirst().health()).isEqualTo(Health.HEALTHY);
    }

    @Test
    void whoChangesHisMindAllTheTimeIsHeardOnceASecond() {
        var node = mesh.node().says("PROXY_CONFIG", PROBE);
        node.connects();
        node.isWell();
        String before = mesh.entry("cart-192.0.2.7").orElseThrow().root().toString();
        for (int i = 0; i < 100; i++) {
            node.isUnwell("no " + i);
            node.isWell();
        }
        node.isUnwell("at last");

        assertThat(mesh.entry("cart-192.0.2.7").orElseThrow().root()).hasToString(before);
        mesh.pass(Duration.ofSeconds(1));
        assertThat(mesh.endpoints(HOST).getFirst().health()).isEqualTo(Health.UNHEALTHY);
    }

    @Test
    void anEntryThatIsMadeAnewIsAsWellAsBefore() {
        var node = mesh.node().says("PROXY_CONFIG", PROBE);
        node.connects();
        node.isWell();
        mesh.losesEntry("cart-192.0.2.7");

        assertThat(mesh.endpoints(HOST)).singleElement().returns(Health.HEALTHY, Endpoint::health);
    }

    @Test
    void outlivesARestart() throws IOException {
        var node = mesh.node().says("PROXY_CONFIG", PROBE);
        node.connects();
        node.isWell();
        restart(START.plusSeconds(20));

        assertThat(mesh.endpoints(HOST)).singleElement().returns(Health.HEALTHY, Endpoint::health);
        mesh.pass(Duration.ofSeconds(15));
        assertThat(mesh.endpoints(HOST)).hasSize(1);
        mesh.node().says("PROXY_CONFIG", PROBE).connects();
        mesh.pass(Duration.ofMinutes(5));
        assertThat(mesh.endpoints(HOST)).singleElement().returns(Health.HEALTHY, Endpoint::health);
    }

    @Test
    void oneThatDoesNotComeBackAfterARestartGoes() throws IOException {
        mesh.node().connects();
        restart(START.plusSeconds(20));
        mesh.pass(Registrations.RETURN.plus(RegisteringMesh.GRACE).minusSeconds(1));
        assertThat(mesh.entries()).hasSize(1);

        mesh.pass(Duration.ofSeconds(2));
        assertThat(mesh.entries()).isEmpty();
    }

    @Test
    void aFileThatCannotBeReadIsPutAside() throws IOException {
        mesh.close();
        Files.writeString(state.resolve("entries.json"), "{");
        mesh = new RegisteringMesh(state, START).file("group.yaml", RegisteringMesh.GROUP);

        assertThat(mesh.node().connects()).isEmpty();
        assertThat(state.resolve("entries.json.damaged")).hasContent("{");
    }

    @Test
    void nodesComeAgainWhenTheirGroupChanges() {
        var node = mesh.node();
        node.connects();
        mesh.file("group.yaml", RegisteringMesh.GROUP.replace("weight: 3", "weight: 4"));

        assertThat(node.refusal()).isEqualTo("WorkloadGroup shop/cart has changed: connect again");
        node.goes();
        mesh.node().connects();
        assertThat(mesh.endpoints(HOST).getFirst().weight()).isEqualTo(4);
    }

    @Test
    void aChangeThatMeansNothingToAnEntrySendsNobodyAway() {
        var node = mesh.node();
        node.connects();
        mesh.file("group.yaml", "# moved\n" + RegisteringMesh.GROUP);

        assertThat(node.refusal()).isEmpty();
    }

    @Test
    void entriesGoWithTheirGroup() {
        var node = mesh.node();
        node.connects();
        mesh.withoutFile("group.yaml");

        assertThat(mesh.entries()).isEmpty();
        assertThat(node.refusal()).isEqualTo("WorkloadGroup shop/cart was deleted");
        assertThat(mesh.node().connects())
                .isEqualTo("node.metadata.AUTO_REGISTER_GROUP: there is no WorkloadGroup shop/cart (yet)");
    }

    @Test
    void whoNamesNoGroupIsWelcomeAndMakesNothing() {
        assertThat(mesh.node().says("AUTO_REGISTER_GROUP", "").provesNothing().connects())
                .isEmpty();
        assertThat(mesh.entries()).isEmpty();
    }

    @Test
    void turnsAwayAnotherAccount() {
        assertThat(mesh.node().provedToBe("shop", "user").connects())
                .isEqualTo("node.metadata.AUTO_REGISTER_GROUP: WorkloadGroup shop/cart is for service account \"cart\","
                        + " and the caller has proved to be spiffe://cluster.local/ns/shop/sa/user");
        assertThat(mesh.entries()).isEmpty();
    }

    @Test
    void turnsAwayAnotherNamespace() {
        assertThat(mesh.node().provedToBe("bank", "cart").connects()).contains("is of another namespace than");
        assertThat(mesh.entries()).isEmpty();
    }

    @Test
    void turnsAwayWhoHasProvedNothing() {
        assertThat(mesh.node().provesNothing().connects()).contains("has to prove who it is");
        assertThat(mesh.entries()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../cart", "Cart", "cart cart", "-", "a\nb"})
    void turnsAwayNamesThatAreNone(String group) {
        assertThat(mesh.node().says("AUTO_REGISTER_GROUP", group).connects())
                .endsWith("(expected: the name of a WorkloadGroup)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "::1", "0.0.0.0", "::", "224.0.0.1", "169.254.169.254", "fe80::1", "db.internal", ""
            })
    void turnsAwayAddressesThatAreNoMachines(String address) {
        assertThat(mesh.node().at(address).connects()).startsWith("node.id: ");
        assertThat(mesh.entries()).isEmpty();
    }

    @Test
    void takesALoopbackAddressFromThisMachine() {
        assertThat(mesh.node().at("127.0.0.9").from("/127.0.0.1:40000").connects())
                .isEmpty();
    }

    @Test
    void turnsAwayAnAddressOfAnotherWorkload() {
        mesh.file("pod.yaml", """
                apiVersion: v1
                kind: Pod
                metadata: {name: bank-1, namespace: bank}
                spec: {serviceAccountName: bank}
                status: {podIP: 192.0.2.7}
                """);

        assertThat(mesh.node().connects()).startsWith("node.id: 192.0.2.7 is the address of bank/bank-1");
        assertThat(mesh.entries()).isEmpty();
    }

    @Test
    void aNameBelongsToWhoHasIt() {
        mesh.file("entry.yaml", """
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: cart-192.0.2.7, namespace: shop}
                spec: {address: 192.0.2.7, serviceAccount: cart}
                """);

        assertThat(mesh.node().connects())
                .isEqualTo("WorkloadEntry shop/cart-192.0.2.7 is there already, and not of a WorkloadGroup");
    }

    @Test
    void aNameOfTwoGroupsBelongsToTheFirst() {
        mesh.file("other.yaml", """
                apiVersion: networking.istio.io/v1
                kind: WorkloadGroup
                metadata: {name: cart-192.0.2.7, namespace: shop}
                spec: {template: {serviceAccount: cart}}
                """);
        mesh.node().says("NETWORK", "2001-db8--7").connects();

        assertThat(mesh.node()
                        .says("AUTO_REGISTER_GROUP", "cart-192.0.2.7")
                        .at("2001:db8::7")
                        .connects())
                .isEqualTo("WorkloadEntry shop/cart-192.0.2.7-2001-db8--7 is there already, and of WorkloadGroup cart");
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "A", "-a"})
    void turnsAwayNetworksThatAreNone(String network) {
        assertThat(mesh.node().says("NETWORK", network).connects()).startsWith("node.metadata.NETWORK: ");
    }

    @ParameterizedTest
    @CsvSource({"a_b/c/d, labels", "app, labels"})
    void turnsAwayLabelsThatAreNone(String label, String field) {
        assertThat(mesh.node().says("LABELS", Map.of(label, "not a value!")).connects())
                .startsWith("WorkloadEntry shop/cart-192.0.2.7: ")
                .contains(field);
        assertThat(mesh.entries()).isEmpty();
    }

    @Test
    void turnsAwayMoreTextThanAnEntryHas() {
        Map<String, Object> labels = new java.util.HashMap<>();
        for (int i = 0; i < 1000; i++) {
            labels.put("label-" + i, "value");
        }

        assertThat(mesh.node().says("LABELS", labels).connects()).contains("(limit: 16384): fewer labels");
    }

    private void restart(Instant now) throws IOException {
        mesh.close();
        mesh = new RegisteringMesh(state, now).file("group.yaml", RegisteringMesh.GROUP);
    }
}
