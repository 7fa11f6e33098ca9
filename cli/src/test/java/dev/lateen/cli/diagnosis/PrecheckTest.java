package dev.lateen.cli.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.cli.output.Json;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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

    @Test
    void seesWhatAnOlderAndANewerIstioHaveLeft() {
        List<Precheck.Finding> findings = Precheck.of(definitions("""
                {"metadata": {"name": "gateways.networking.istio.io"},
                 "spec": {"versions": [{"name": "v1beta1"}]}, "status": {"storedVersions": ["v1beta1"]}}""", """
                {"metadata": {"name": "sidecars.networking.istio.io"},
                 "spec": {"versions": [{"name": "v1"}, {"name": "v1beta1"}, {"name": "v2"}]},
                 "status": {"storedVersions": ["v1", "v2"]}}""", """
                {"metadata": {"name": "widgets.example.com"},
                 "spec": {"versions": [{"name": "v9"}]}, "status": {"storedVersions": ["v9"]}}"""));
        assertThat(findings).hasSize(2);
        assertThat(findings.getFirst().blocks()).isTrue();
        assertThat(findings.getFirst().message()).contains("sidecars.networking.istio.io as v2", "v1, v1beta1");
        assertThat(findings.getLast().blocks()).isFalse();
        assertThat(findings.getLast().message()).contains("gateways.networking.istio.io");
    }

    private static Precheck.Facts definitions(String... definitions) {
        Precheck.Facts empty = facts("34", List.of(), "", "");
        List<String> versions = List.of("v1", "v1beta1");
        return new Precheck.Facts(
                empty.version(),
                empty.missing(),
                empty.nodes(),
                empty.deployments(),
                empty.services(),
                empty.webhooks(),
                Stream.of(definitions).map(Json::read).toList(),
                Map.of("gateways.networking.istio.io", versions, "sidecars.networking.istio.io", versions),
                "istio-system");
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
                Map.of(),
                "istio-system");
    }
}
