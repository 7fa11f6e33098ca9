package dev.lateen.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.diagnosis.Link.State;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChainCheckTest {
    private final RecordedCluster whole = RecordedCluster.whole();

    @Test
    void walksTheWholeChainWhereAllIsWell() {
        List<Link> links = ChainCheck.of(whole.picture());
        assertThat(links)
                .extracting(Link::name)
                .containsExactly("label", "webhook", "pod", "sidecar", "sync", "policy", "NetworkPolicy", "service");
        assertThat(links).allMatch(link -> link.state() == State.HOLDS);
        assertThat(links.getLast().found()).isEqualTo("order:80 to port 8080 (HTTP)");
    }

    @Test
    void asksForTheNamespacesLabel() {
        Link broken = broken(whole.withPod(RecordedCluster.WITHOUT_SIDECAR).withLabels(Map.of()));
        assertThat(broken.name()).isEqualTo("label");
        assertThat(broken.found()).contains("namespace 'shop' has no label istio-injection=enabled");
        assertThat(broken.advice())
                .contains("kubectl label namespace shop istio-injection=enabled --overwrite")
                .contains("kubectl -n shop rollout restart deployment/order");
    }

    @Test
    void namesTheLabelByWhichAPodStaysOut() {
        Link broken = broken(whole.withPod(RecordedCluster.WITHOUT_SIDECAR.replace(
                "\"app\": \"order\"", "\"app\": \"order\", \"sidecar.istio.io/inject\": \"false\"")));
        assertThat(broken.name()).isEqualTo("label");
        assertThat(broken.advice()).isEqualTo("take label sidecar.istio.io/inject=false out of the pod template");
    }

    @Test
    void missesTheWebhook() {
        Link broken = broken(whole.withPod(RecordedCluster.WITHOUT_SIDECAR).withWebhook(""));
        assertThat(broken.name()).isEqualTo("webhook");
        assertThat(broken.advice()).contains("lateen install");
    }

    @Test
    void missesTheRootInTheWebhook() {
        RecordedCluster cluster = whole.withPod(RecordedCluster.WITHOUT_SIDECAR);
        Link broken = broken(cluster.withWebhook(cluster.webhook().replace("\"caBundle\": \"eA==\", ", "")));
        assertThat(broken.name()).isEqualTo("webhook");
        assertThat(broken.found()).contains("has no caBundle");
    }

    @Test
    void findsAPodThatIsOlderThanTheLabel() {
        Link broken = broken(whole.withPod(RecordedCluster.WITHOUT_SIDECAR));
        assertThat(broken.name()).isEqualTo("sidecar");
        assertThat(broken.advice()).isEqualTo("kubectl -n shop rollout restart deployment/order");
    }

    @Test
    void tellsWhyAPodDoesNotRun() {
        Link broken = broken(whole.withPod(RecordedCluster.POD
                .replace("Running", "Pending")
                .replace("{\"name\": \"app\", \"ready\": true}", """
                        {"name": "app", "state": {"waiting": {"reason": "ImagePullBackOff"}}}""")));
        assertThat(broken.name()).isEqualTo("pod");
        assertThat(broken.found()).contains("Pending").contains("container app: ImagePullBackOff");
    }

    @Test
    void blamesTheNetworkPolicyForASidecarThatReachesNobody() {
        Link broken = broken(whole.withMesh(RecordedCluster.pages("{}", List.of(), List.of()))
                .withNetworkPolicy("""
                        {"metadata": {"name": "only-dns"}, "spec": {"podSelector": {}, "policyTypes": ["Egress"],
                         "egress": [{"ports": [{"port": 53, "protocol": "UDP"}]}]}}"""));
        assertThat(broken.name()).isEqualTo("sync");
        assertThat(broken.found()).contains("NetworkPolicy only-dns").contains("15012");
    }

    @Test
    void showsWhatTheProxyHasRefused() {
        Link broken = broken(whole.withMesh(RecordedCluster.pages("""
                {"proxy": "order-7c9f-x2.shop", "listener_sent": "2", "listener_acked": "1",
                 "listener_error": "no such filter"}""", List.of(), List.of())));
        assertThat(broken.name()).isEqualTo("sync");
        assertThat(broken.found()).contains("listener: no such filter");
    }

    @Test
    void namesAPolicyThatDeniesEverything() {
        Link broken = broken(whole.withMesh(RecordedCluster.pages("""
                {"proxy": "order-7c9f-x2.shop"}""", List.of("""
                        {"kind": "AuthorizationPolicy", "metadata": {"name": "nothing", "namespace": "shop"}, "spec": {}}"""), List.of("""
                        {"kind": "AuthorizationPolicy", "name": "nothing", "namespace": "shop",
                         "carriedBy": ["order-7c9f-x2.shop"]}"""))));
        assertThat(broken.name()).isEqualTo("policy");
        assertThat(broken.found()).contains("nothing.shop").contains("denies every request");
    }

    @Test
    void namesTheNetworkPolicyThatLetsNobodyIn() {
        Link broken = broken(whole.withNetworkPolicy("""
                {"metadata": {"name": "closed"}, "spec": {"podSelector": {"matchLabels": {"app": "order"}},
                 "policyTypes": ["Ingress"], "ingress": [{"ports": [{"port": 9090}]}]}}"""));
        assertThat(broken.name()).isEqualTo("NetworkPolicy");
        assertThat(broken.found())
                .contains("closed lets nobody in at port 8080")
                .contains("Service order");
    }

    @Test
    void findsATargetPortThatNoContainerHas() {
        Link broken = broken(whole.withService(whole.service().replace("\"web\"", "\"wbe\"")));
        assertThat(broken.name()).isEqualTo("service");
        assertThat(broken.found()).contains("port 'wbe'");
    }

    @Test
    void missesTheEndpoint() {
        Link broken = broken(whole.withSlice(whole.slice().replace("10.0.0.7", "10.0.0.8")));
        assertThat(broken.name()).isEqualTo("service");
        assertThat(broken.found()).contains("no ready endpoint at 10.0.0.7");
    }

    @Test
    void doubtsAPortWithoutProtocol() {
        Link last = ChainCheck.of(whole.withService(whole.service().replace("\"http\"", "\"main\""))
                        .picture())
                .getLast();
        assertThat(last.state()).isEqualTo(State.DOUBTFUL);
        assertThat(last.advice()).contains("order:80 says nothing of its protocol");
    }

    private static Link broken(RecordedCluster cluster) {
        Link last = ChainCheck.of(cluster.picture()).getLast();
        assertThat(last.state()).as(last.text()).isEqualTo(State.BROKEN);
        return last;
    }
}
