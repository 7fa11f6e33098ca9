package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.resource.ParsedResource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `zoneAwareLbSetting` may stand beside, and what it may say.
class ZoneAwareRulesTest {
    private final ResourceReader reader = ResourceReader.create();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zoneAwareLbSetting: {}",
                "zoneAwareLbSetting: {enabled: false}",
                "simple: ROUND_ROBIN, zoneAwareLbSetting: {enabled: true, minClusterSize: 3}",
                "zoneAwareLbSetting: {failover: [{from: eu, to: us}]}",
                "zoneAwareLbSetting: {failoverPriority: [version, topology.istio.io/network], failover: [{from: eu, to: us}]}",
                "consistentHash: {useSourceIp: true}, zoneAwareLbSetting: {enabled: false}"
            })
    void takesWhatIstioTakes(String balancer) {
        assertThat(findings(rule(balancer))).isEmpty();
    }

    @Test
    void refusesBothSettingsOfOneRule() {
        Diagnostic found = only(rule("localityLbSetting: {enabled: false}, zoneAwareLbSetting: {}"));
        assertThat(found.severity()).isEqualTo(Severity.ERROR);
        assertThat(found.path()).isEqualTo("spec.trafficPolicy.loadBalancer.zoneAwareLbSetting");
        assertThat(found.code()).isEqualTo("conflict");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "topology.kubernetes.io/region",
                "topology.kubernetes.io/zone=a",
                "topology.istio.io/subzone",
                "failure-domain.beta.kubernetes.io/zone"
            })
    void refusesLabelsThatSayWhereAnEndpointRuns(String label) {
        Diagnostic found = only(rule("zoneAwareLbSetting: {failoverPriority: [version, \"" + label + "\"]}"));
        assertThat(found.path()).endsWith(".zoneAwareLbSetting.failoverPriority[1]");
        assertThat(found.value()).isEqualTo(label);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{from: eu, to: eu}", "{from: eu/a, to: us}", "{from: eu, to: \"*\"}"})
    void refusesWhatIsNoOtherRegion(String failover) {
        assertThat(only(rule("zoneAwareLbSetting: {failover: [" + failover + "]}"))
                        .path())
                .contains(".zoneAwareLbSetting.failover[0].");
    }

    @Test
    void refusesANegativeSize() {
        assertThat(only(rule("zoneAwareLbSetting: {minClusterSize: -1}")).path())
                .endsWith(".minClusterSize");
    }

    @Test
    void warnsOfZonesThatNobodyAsksFor() {
        for (String balancer : List.of("simple: PASSTHROUGH", "consistentHash: {useSourceIp: true}")) {
            Diagnostic found = only(rule(balancer + ", zoneAwareLbSetting: {}"));
            assertThat(found.severity()).isEqualTo(Severity.WARNING);
            assertThat(found.code()).isEqualTo("ineffective");
        }
    }

    @Test
    void warnsOfFailoverThatNoticesNoFailure() {
        Diagnostic found = only("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: shop}
                spec:
                  host: shop
                  trafficPolicy:
                    loadBalancer: {zoneAwareLbSetting: {failover: [{from: eu, to: us}]}}
                """);
        assertThat(found.code()).isEqualTo("ineffective");
        assertThat(found.advice()).contains("outlierDetection");
    }

    @Test
    void takesBothSettingsOfTheMeshAndChecksThem() {
        Diagnostic found = only("""
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                spec:
                  meshConfig:
                    localityLbSetting: {enabled: true}
                    zoneAwareLbSetting: {failoverPriority: [topology.kubernetes.io/zone]}
                """);
        assertThat(found.path()).endsWith("zoneAwareLbSetting.failoverPriority[0]");
    }

    private static String rule(String balancer) {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: shop}
                spec:
                  host: shop
                  trafficPolicy:
                    outlierDetection: {}
                    loadBalancer: {BALANCER}
                """.replace("BALANCER", balancer);
    }

    private Diagnostic only(String text) {
        List<Diagnostic> found = findings(text);
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private List<Diagnostic> findings(String text) {
        List<ParsedResource> parsed = reader.read(text, "f.yaml");
        assertThat(parsed).hasSize(1);
        return parsed.getFirst().diagnostics();
    }
}
