package dev.lateen.kubernetes.inject;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.inject.InjectionResult.Injected;
import dev.lateen.kubernetes.inject.InjectionResult.Refused;
import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class SidecarInjectorTest {
    private static final ObjectNode POD = tree("{'metadata':{'name':'a','labels':{'app':'a'}},"
            + "'spec':{'containers':[{'name':'app','image':'x','readinessProbe':{'httpGet':{'port':80}}}]}}");

    @Test
    void startsANativeSidecarBeforeTheApplication() {
        ObjectNode pod = injected(POD, true);
        assertThat(Trees.names(PodSubject.containers(pod))).containsExactly("app");
        assertThat(Trees.names(PodSubject.initContainers(pod))).containsExactly("istio-init", "istio-proxy");
        ObjectNode proxy = PodSubject.proxy(pod).orElseThrow();
        assertThat(Trees.text(proxy, "restartPolicy")).isEqualTo("Always");
        assertThat(Trees.text(proxy, "image")).isEqualTo("lateen/proxy:1");
    }

    @Test
    void takesEnvoyWhereThePodAsksForIt() {
        ObjectNode pod = injected(annotated("lateen.dev/data-plane", "envoy"), true);
        assertThat(Trees.text(PodSubject.proxy(pod).orElseThrow(), "image")).isEqualTo("lateen/proxy-envoy:1");
        assertThat(Trees.text(PodSubject.initContainers(pod).getFirst(), "image"))
                .isEqualTo("lateen/proxy:1");
    }

    @Test
    void refusesADataPlaneThatThereIsNot() {
        InjectionResult result =
                injector(true).inject(annotated("lateen.dev/data-plane", "nginx"), "shop", Map.of(), Map.of());
        assertThat(((Refused) result).diagnostics().getFirst().expected()).isEqualTo("lateen or envoy");
    }

    @Test
    void runsTheProxyWithoutRights() {
        ObjectNode security = Trees.into(PodSubject.proxy(injected(POD, true)).orElseThrow(), "securityContext");
        assertThat(security)
                .isEqualTo(tree("{'allowPrivilegeEscalation':false,'capabilities':{'drop':['ALL']},'privileged':false,"
                        + "'readOnlyRootFilesystem':true,'runAsGroup':1337,'runAsNonRoot':true,'runAsUser':1337}"));
    }

    @Test
    void putsTheProxyFirstWhereTheApplicationWaits() {
        ObjectNode pod = annotated("proxy.istio.io/config", "holdApplicationUntilProxyStarts: true");
        ObjectNode result = injected(pod, false);
        assertThat(Trees.names(PodSubject.containers(result))).containsExactly("istio-proxy", "app");
        assertThat(Trees.has(PodSubject.proxy(result).orElseThrow(), "lifecycle", "postStart"))
                .isTrue();
    }

    @Test
    void comesOutTheSameWhenInjectedTwice() {
        ObjectNode once = injected(POD, true);
        assertThat(injected(once, true)).isEqualTo(once);
        ObjectNode old = injected(POD, false);
        assertThat(injected(old, false)).isEqualTo(old);
    }

    @Test
    void refusesAnnotationsThatItDoesNotUnderstandAllAtOnce() {
        ObjectNode pod = annotated("traffic.sidecar.istio.io/excludeInboundPorts", "*");
        Trees.into(pod, "metadata", "annotations").put("sidecar.istio.io/interceptionMode", "MAGIC");
        InjectionResult result = injector(true).inject(pod, "shop", Map.of(), Map.of());
        assertThat(result).isInstanceOf(Refused.class);
        assertThat(((Refused) result).diagnostics())
                .extracting(found -> found.value())
                .containsExactlyInAnyOrder("*", "MAGIC");
    }

    @Test
    void refusesTemplatesThatThereAreNot() {
        InjectionResult result =
                injector(true).inject(annotated("inject.istio.io/templates", "nope"), "shop", Map.of(), Map.of());
        assertThat(((Refused) result).diagnostics().getFirst().summary())
                .contains("'nope'")
                .contains("grpc-agent");
    }

    @Test
    void leavesOutCaptureWhereThePodWantsNone() {
        ObjectNode pod = injected(annotated("sidecar.istio.io/interceptionMode", "NONE"), true);
        assertThat(Trees.names(PodSubject.initContainers(pod))).containsExactly("istio-proxy");
    }

    @Test
    void namesTheDeploymentBehindAReplicaSet() {
        ObjectNode pod = POD.deepCopy();
        ObjectNode metadata = Trees.into(pod, "metadata");
        Trees.into(metadata, "labels").put("pod-template-hash", "7f9c");
        metadata.set(
                "ownerReferences",
                Trees.array(tree("{'apiVersion':'apps/v1','kind':'ReplicaSet','name':'web-7f9c','controller':true}")));
        ObjectNode proxy = PodSubject.proxy(injected(pod, true)).orElseThrow();
        assertThat(Trees.text(
                        Trees.named(Trees.objects(proxy, "env"), "ISTIO_META_OWNER")
                                .orElseThrow(),
                        "value"))
                .isEqualTo("kubernetes://apis/apps/v1/namespaces/shop/deployments/web");
    }

    @Test
    void tellsTheProxyWhatTheWebhooksAddressSays() {
        InjectionResult result =
                injector(true).inject(POD.deepCopy(), "shop", Map.of(), Map.of("ISTIO_META_CLUSTER_ID", "east"));
        List<ObjectNode> environment =
                Trees.objects(PodSubject.proxy(((Injected) result).pod()).orElseThrow(), "env");
        assertThat(Trees.text(Trees.named(environment, "ISTIO_META_CLUSTER_ID").orElseThrow(), "value"))
                .isEqualTo("east");
    }

    private static ObjectNode annotated(String name, String value) {
        ObjectNode pod = POD.deepCopy();
        Trees.into(pod, "metadata", "annotations").put(name, value);
        return pod;
    }

    private static ObjectNode injected(ObjectNode pod, boolean nativeSidecars) {
        InjectionResult result = injector(nativeSidecars).inject(pod.deepCopy(), "shop", Map.of(), Map.of());
        assertThat(result).isInstanceOf(Injected.class);
        return ((Injected) result).pod();
    }

    private static SidecarInjector injector(boolean nativeSidecars) {
        return new SidecarInjector(
                new InjectionSettings(InjectionValues.defaults("1"), Trees.object(), "", nativeSidecars, false));
    }

    private static ObjectNode tree(String json) {
        return (ObjectNode) Trees.parse(json.replace('\'', '"'));
    }
}
