package dev.lateen.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.output.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrecheckTest {
    @Test
    void findsNothingInTheWayOfAnEmptyCluster() {
        List<Precheck.Finding> findings = Precheck.of(facts("34", List.of(), "", ""));
        assertThat(findings).isEmpty();
        assertThat(Precheck.text(findings)).contains("Nothing is in the way");
    }

    @Test
    void refusesAnOldCluster() {
        assertThat(Precheck.of(facts("27+", List.of(), "", "")))
                .singleElement()
                .matches(Precheck.Finding::blocks)
                .extracting(Precheck.Finding::advice)
                .asString()
                .contains("1.28");
    }

    @Test
    void namesTheRightsThatAreMissing() {
        assertThat(Precheck.of(facts("34", List.of(Precheck.RIGHTS.get(1)), "", ""))
                        .getFirst()
                        .message())
                .contains("create customresourcedefinitions.apiextensions.k8s.io in the whole cluster");
    }

    @Test
    void seesAnotherMeshUnderTheSameNames() {
        Precheck.Finding finding = Precheck.of(facts("34", List.of(), """
                        {"metadata": {"name": "istiod", "namespace": "istio-system", "labels": {"app": "istiod"}},
                         "spec": {"template": {"spec": {"containers": [{"image": "docker.io/istio/pilot:1.20.0"}]}}},
                         "status": {"readyReplicas": 1}}""", "")).getFirst();
        assertThat(finding.blocks()).isTrue();
        assertThat(finding.message()).contains("docker.io/istio/pilot:1.20.0");
    }

    @Test
    void findsAWebhookThatKeepsAllPodsOut() {
        Precheck.Finding finding = Precheck.of(facts("34", List.of(), "", """
                        {"metadata": {"name": "istio-sidecar-injector"}, "webhooks": [{
                         "name": "namespace.sidecar-injector.istio.io", "failurePolicy": "Fail",
                         "clientConfig": {"service": {"name": "istiod", "namespace": "istio-system"}}}]}""")).getFirst();
        assertThat(finding.blocks()).isTrue();
        assertThat(finding.advice()).isEqualTo("kubectl delete mutatingwebhookconfiguration istio-sidecar-injector");
    }

    private static Precheck.Facts facts(String minor, List<Precheck.Right> missing, String deployment, String webhook) {
        return new Precheck.Facts(
                Json.read("{\"major\": \"1\", \"minor\": \"" + minor + "\", \"gitVersion\": \"v1." + minor + ".0\"}"),
                missing,
                List.of(Json.read("{\"status\": {\"conditions\": [{\"type\": \"Ready\", \"status\": \"True\"}]}}")),
                deployment.isEmpty() ? List.of() : List.of(Json.read(deployment)),
                List.of(),
                webhook.isEmpty() ? List.of() : List.of(Json.read(webhook)),
                List.of(),
                "istio-system");
    }
}
