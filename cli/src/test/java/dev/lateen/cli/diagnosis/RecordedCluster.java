package dev.lateen.cli.diagnosis;

import dev.lateen.cli.mesh.PodFacts;
import dev.lateen.cli.output.Json;
import dev.lateen.kubernetes.inject.InjectionSettings;
import dev.lateen.kubernetes.inject.InjectionValues;
import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A cluster in which one workload is fully in the mesh; each test breaks one thing of it.
record RecordedCluster(
        String pod,
        Map<String, String> namespaceLabels,
        String webhook,
        String service,
        String slice,
        List<String> networkPolicies,
        MeshPages mesh) {
    static final String POD = """
            {"metadata": {"name": "order-7c9f-x2", "namespace": "shop", "labels": {"app": "order"},
                          "ownerReferences": [{"kind": "ReplicaSet", "name": "order-7c9f"}]},
             "spec": {"containers": [{"name": "app", "ports": [{"name": "web", "containerPort": 8080}]},
                                     {"name": "istio-proxy", "image": "proxy:1"}]},
             "status": {"phase": "Running", "podIP": "10.0.0.7",
                        "conditions": [{"type": "Ready", "status": "True"}],
                        "containerStatuses": [{"name": "app", "ready": true}, {"name": "istio-proxy", "ready": true}]}}""";
    static final String WITHOUT_SIDECAR =
            POD.replace(",\n                         {\"name\": \"istio-proxy\", \"image\": \"proxy:1\"}", "");
    private static final String WEBHOOK = """
            {"metadata": {"name": "istio-sidecar-injector"},
             "webhooks": [{"name": "namespace.sidecar-injector.istio.io",
               "clientConfig": {"caBundle": "eA==", "service": {"name": "istiod", "namespace": "istio-system"}},
               "namespaceSelector": {"matchExpressions": [
                  {"key": "istio-injection", "operator": "In", "values": ["enabled"]}]},
               "objectSelector": {"matchExpressions": [
                  {"key": "sidecar.istio.io/inject", "operator": "NotIn", "values": ["false"]}]}}]}""";
    private static final String SERVICE = """
            {"metadata": {"name": "order", "namespace": "shop"},
             "spec": {"selector": {"app": "order"}, "ports": [{"name": "http", "port": 80, "targetPort": "web"}]}}""";
    private static final String SLICE = """
            {"metadata": {"labels": {"kubernetes.io/service-name": "order"}},
             "endpoints": [{"addresses": ["10.0.0.7"], "conditions": {"ready": true}}]}""";
    private static final String SYNC = """
            {"proxy": "order-7c9f-x2.shop", "cluster_sent": "1", "cluster_acked": "1"}""";

    static RecordedCluster whole() {
        return new RecordedCluster(
                POD,
                Map.of("istio-injection", "enabled", "kubernetes.io/metadata.name", "shop"),
                WEBHOOK,
                SERVICE,
                SLICE,
                List.of(),
                pages(SYNC, List.of(), List.of()));
    }

    static MeshPages pages(String sync, List<String> configuration, List<String> status) {
        return new MeshPages(List.of(Json.read(sync)), trees(configuration), trees(status), List.of(), "");
    }

    RecordedCluster withPod(String json) {
        return new RecordedCluster(json, namespaceLabels, webhook, service, slice, networkPolicies, mesh);
    }

    RecordedCluster withLabels(Map<String, String> labels) {
        return new RecordedCluster(pod, labels, webhook, service, slice, networkPolicies, mesh);
    }

    RecordedCluster withWebhook(String json) {
        return new RecordedCluster(pod, namespaceLabels, json, service, slice, networkPolicies, mesh);
    }

    RecordedCluster withService(String json) {
        return new RecordedCluster(pod, namespaceLabels, webhook, json, slice, networkPolicies, mesh);
    }

    RecordedCluster withSlice(String json) {
        return new RecordedCluster(pod, namespaceLabels, webhook, service, json, networkPolicies, mesh);
    }

    RecordedCluster withNetworkPolicy(String json) {
        return new RecordedCluster(pod, namespaceLabels, webhook, service, slice, List.of(json), mesh);
    }

    RecordedCluster withMesh(MeshPages pages) {
        return new RecordedCluster(pod, namespaceLabels, webhook, service, slice, networkPolicies, pages);
    }

    ClusterPicture picture() {
        return new ClusterPicture(
                new PodFacts(Json.read(pod)),
                namespaceLabels,
                "istio-system",
                List.of(new PodFacts(Json.read("""
                        {"metadata": {"name": "istiod-1", "namespace": "istio-system", "labels": {"app": "istiod"}},
                         "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}}"""))),
                new ClusterPicture.Injection(
                        Injector.of(trees(webhook.isEmpty() ? List.of() : List.of(webhook))), settings()),
                trees(List.of(service)),
                trees(List.of(slice)),
                trees(networkPolicies),
                mesh);
    }

    static InjectionSettings settings() {
        return new InjectionSettings(InjectionValues.defaults("1"), Trees.object(), "", true, false);
    }

    static List<JsonNode> trees(List<String> texts) {
        return texts.stream().map(Json::read).toList();
    }
}
