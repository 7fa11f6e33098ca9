package dev.lateen.kubernetes.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.install.MeshManifests;
import dev.lateen.kubernetes.tree.Trees;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class ObjectChangesTest {
    @Test
    void laysEachSettingOverTheObjectThatItIsFor() {
        MeshManifests manifests = Operators.manifests("""
                components:
                  pilot:
                    k8s:
                      resources: {requests: {memory: 999Mi}}
                      env: [{name: A, value: b}]
                      nodeSelector: {disk: ssd}
                      tolerations: [{key: k, operator: Exists}]
                      affinity: {nodeAffinity: {x: y}}
                      podAnnotations: {note: here}
                      priorityClassName: high
                      securityContext: {fsGroup: 7}
                      strategy: {rollingUpdate: {maxSurge: 1}}
                      hpaSpec: {maxReplicas: 9}
                      serviceAnnotations: {cloud: mine}
                      podDisruptionBudget: {minAvailable: 2}
                      readinessProbe: {initialDelaySeconds: 5}
                """);
        ObjectNode deployment = Operators.object(manifests, "Deployment", "istiod");
        JsonNode pod = deployment.path("spec").path("template").path("spec");
        JsonNode container = pod.path("containers").path(0);
        assertThat(Trees.text(container, "resources", "requests", "memory")).isEqualTo("999Mi");
        assertThat(Trees.text(container, "resources", "requests", "cpu")).isEqualTo("100m");
        assertThat(Trees.named(Trees.objects(container, "env"), "A")).isPresent();
        assertThat(Trees.named(Trees.objects(container, "env"), "POD_NAME")).isPresent();
        assertThat(Trees.text(container, "readinessProbe", "initialDelaySeconds"))
                .isEqualTo("5");
        assertThat(Trees.text(container, "readinessProbe", "httpGet", "path")).isEqualTo("/ready");
        assertThat(Trees.text(pod, "nodeSelector", "disk")).isEqualTo("ssd");
        assertThat(Trees.text(pod, "tolerations")).isEmpty();
        assertThat(Trees.objects(pod, "tolerations")).hasSize(1);
        assertThat(Trees.has(pod, "affinity", "nodeAffinity")).isTrue();
        assertThat(Trees.text(pod, "priorityClassName")).isEqualTo("high");
        assertThat(Trees.text(pod, "securityContext", "fsGroup")).isEqualTo("7");
        assertThat(Trees.text(deployment, "spec", "template", "metadata", "annotations", "note"))
                .isEqualTo("here");
        assertThat(Trees.text(deployment, "spec", "strategy", "rollingUpdate", "maxSurge"))
                .isEqualTo("1");
        assertThat(Trees.text(Operators.object(manifests, "HorizontalPodAutoscaler", "istiod"), "spec", "maxReplicas"))
                .isEqualTo("9");
        assertThat(Trees.text(Operators.object(manifests, "Service", "istiod"), "metadata", "annotations", "cloud"))
                .isEqualTo("mine");
        assertThat(Trees.text(Operators.object(manifests, "PodDisruptionBudget", "istiod"), "spec", "minAvailable"))
                .isEqualTo("2");
    }

    @Test
    void changesOnlyTheGatewayThatIsMeant() {
        MeshManifests manifests = Operators.manifests("""
                components:
                  ingressGateways:
                    - name: istio-ingressgateway
                      enabled: true
                    - name: inner
                      enabled: true
                      k8s:
                        service: {type: ClusterIP, ports: [{name: http, port: 8080}]}
                        replicaCount: 3
                """);
        ObjectNode inner = Operators.object(manifests, "Service", "inner");
        assertThat(Trees.text(inner, "spec", "type")).isEqualTo("ClusterIP");
        assertThat(Trees.objects(inner, "spec", "ports")).hasSize(1);
        assertThat(Trees.text(Operators.object(manifests, "Service", "istio-ingressgateway"), "spec", "type"))
                .isEqualTo("LoadBalancer");
        assertThat(Trees.text(Operators.object(manifests, "HorizontalPodAutoscaler", "inner"), "spec", "minReplicas"))
                .isEqualTo("3");
    }

    @Test
    void patchesObjectsByPath() {
        MeshManifests manifests = Operators.manifests("""
                components:
                  pilot:
                    k8s:
                      overlays:
                        - kind: Deployment
                          name: istiod
                          patches:
                            - {path: "spec.template.spec.containers.[name:discovery].args.[--address]", value: "--address=::"}
                            - {path: "spec.template.metadata.annotations.prometheus\\\\.io/port"}
                            - {path: spec.minReadySeconds, value: 4}
                """);
        ObjectNode deployment = Operators.object(manifests, "Deployment", "istiod");
        assertThat(Trees.texts(
                        Trees.objects(deployment, "spec", "template", "spec", "containers")
                                .getFirst(),
                        "args"))
                .contains("--address=::")
                .doesNotContain("--address=0.0.0.0");
        assertThat(deployment.toString()).doesNotContain("prometheus.io/port");
        assertThat(Trees.text(deployment, "spec", "minReadySeconds")).isEqualTo("4");
    }

    @Test
    void refusesAnOverlayOfAnObjectThatIsNotThere() {
        assertThat(Operators.errors("""
                        components:
                          pilot:
                            k8s:
                              overlays:
                                - {kind: Deployment, name: pilot, patches: [{path: spec.x, value: 1}]}
                        """))
                .singleElement()
                .asString()
                .contains("no Deployment 'pilot'")
                .contains("Deployment istiod");
    }

    @Test
    void refusesAPatchThatLeadsNowhere() {
        assertThat(Operators.errors("""
                        components:
                          pilot:
                            k8s:
                              overlays:
                                - {kind: Deployment, name: istiod, patches: [{path: "spec.[0].x", value: 1}]}
                        """)).singleElement().asString().contains("k8s.overlays of istiod");
    }

    /// Otherwise a mistyped name would make a container that nobody wants.
    @Test
    void refusesAPatchOfAnItemThatIsNotThere() {
        assertThat(Operators.errors("""
                        components:
                          pilot:
                            k8s:
                              overlays:
                                - kind: Deployment
                                  name: istiod
                                  patches: [{path: "spec.template.spec.containers.[name:discoveryy].image", value: a}]
                        """)).singleElement().asString().contains("no item [name:discoveryy]");
    }
}
