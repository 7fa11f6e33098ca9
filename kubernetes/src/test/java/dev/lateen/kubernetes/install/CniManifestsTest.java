package dev.lateen.kubernetes.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.inject.NodeCapture;
import dev.lateen.kubernetes.operator.Operators;
import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// What the component `cni` makes of an installation, and what a pod then asks of its node.
final class CniManifestsTest {
    private static final String ENABLED = "components.cni.enabled=true";

    @Test
    void makesTheAgentBeforeTheControlPlaneAndTellsInjection() {
        MeshManifests manifests = Operators.manifests("", ENABLED);
        List<String> titles =
                manifests.objects().stream().map(InstalledObject::title).toList();
        assertThat(titles.indexOf("DaemonSet istio-system/istio-cni-node"))
                .isPositive()
                .isLessThan(titles.indexOf("Deployment istio-system/istiod"));
        assertThat(Trees.text(Operators.object(manifests, "ConfigMap", "istio-sidecar-injector"), "data", "values"))
                .containsPattern("cni:\\s+enabled: true");
    }

    @Test
    void makesNoneOfItOtherwise() {
        assertThat(Operators.manifests("").objects().toString()).doesNotContain("istio-cni");
    }

    @Test
    void givesEachValueItsPlace() {
        MeshManifests manifests = Operators.manifests("""
                components:
                  cni:
                    enabled: true
                    namespace: kube-system
                    tag: other
                    k8s:
                      tolerations: [{key: only, operator: Exists}]
                      resources: {requests: {cpu: 10m}}
                values:
                  cni:
                    cniBinDir: /usr/lib/cni
                    cniConfDir: /var/net.d
                    cniConfFileName: 10-net.conflist
                    chained: false
                    excludeNamespaces: [kube-system, db]
                    repair: {repairPods: false, deletePods: true, initContainerName: check, brokenPodLabelKey: k}
                    resourceQuotas: {enabled: true}
                    rollingMaxUnavailable: 2
                """);
        ObjectNode set = Operators.object(manifests, "DaemonSet", "istio-cni-node");
        assertThat(Trees.text(set, "metadata", "namespace")).isEqualTo("kube-system");
        ObjectNode pod = (ObjectNode) Trees.at(set, "spec", "template", "spec");
        ObjectNode container = Trees.objects(pod, "containers").getFirst();
        assertThat(Trees.text(container, "image")).isEqualTo("hub/install-cni:other");
        assertThat(Trees.texts(container, "args"))
                .contains(
                        "--conf-file=10-net.conflist",
                        "--standalone",
                        "--exclude-namespaces=kube-system,db",
                        "--repair=delete",
                        "--repair-container=check",
                        "--repair-label=k=true");
        assertThat(Trees.text(container, "resources", "requests", "cpu")).isEqualTo("10m");
        assertThat(pod.path("volumes").toString()).contains("/usr/lib/cni", "/var/net.d");
        assertThat(pod.path("tolerations").toString()).contains("only").doesNotContain("CriticalAddonsOnly");
        assertThat(Trees.text(set, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable"))
                .isEqualTo("2");
        assertThat(Operators.object(manifests, "ClusterRole", "istio-cni-repair-role")
                        .toString())
                .contains("delete")
                .doesNotContain("patch");
        Operators.object(manifests, "ResourceQuota", "istio-cni-resource-quota");
    }

    @Test
    void mayOnlyReadWhereItMendsPodsByItself() {
        assertThat(Operators.manifests("", ENABLED).objects().toString()).doesNotContain("istio-cni-repair");
    }

    @Test
    void captureIsWhatTheCheckingContainerIsTold() {
        ObjectNode check =
                Trees.object("name", "istio-validation", "args", Trees.array("istio-iptables", "-p", "15001"));
        assertThat(NodeCapture.arguments(pod(check, true), "istio-validation"))
                .contains(List.of("istio-iptables", "-p", "15001"));
        assertThat(NodeCapture.arguments(pod(check, false), "istio-validation")).isEmpty();
        assertThat(NodeCapture.arguments(pod(Trees.object("name", "istio-init"), true), "istio-validation"))
                .isEmpty();
    }

    private static ObjectNode pod(ObjectNode container, boolean injected) {
        ObjectNode pod = Trees.object();
        Trees.into(pod, "metadata", "annotations").put(injected ? "sidecar.istio.io/status" : "other", "{}");
        Trees.into(pod, "spec").set("initContainers", Trees.array(container));
        return pod;
    }
}
