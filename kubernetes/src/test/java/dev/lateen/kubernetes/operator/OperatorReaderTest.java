package dev.lateen.kubernetes.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.tree.Trees;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OperatorReaderTest {
    @Test
    void letsLaterFilesWinAndSettingsOverAll() {
        OperatorReader reader = Operators.reader("hub: one\ntag: a\nmeshConfig: {enableTracing: true}");
        reader.addFile(
                "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec: {hub: two, meshConfig: {accessLogFile: x}}",
                "second.yaml");
        reader.addSetting("tag=b");
        OperatorSpec spec = reader.spec("h", "t").orElseThrow();
        assertThat(Trees.text(spec.tree(), "hub")).isEqualTo("two");
        assertThat(Trees.text(spec.tree(), "tag")).isEqualTo("b");
        assertThat(spec.tree().path("meshConfig").toString())
                .isEqualTo("{\"enableTracing\":true,\"accessLogFile\":\"x\"}");
    }

    @Test
    void refusesAnUnknownFieldByFileAndLine() {
        assertThat(Operators.errors("components:\n  pilot:\n    enabld: true"))
                .singleElement()
                .asString()
                .contains("iop.yaml:6:")
                .contains("spec.components.pilot.enabld")
                .contains("did you mean 'enabled'?");
    }

    @Test
    void refusesAnUnknownValueByFileAndLine() {
        assertThat(Operators.errors("values:\n  pilot:\n    autoscaleMinn: 2"))
                .singleElement()
                .asString()
                .contains("iop.yaml:6:")
                .contains("spec.values.pilot.autoscaleMinn")
                .contains("did you mean 'autoscaleMin'?");
    }

    @Test
    void refusesAnUnknownSettingByItsPath() {
        assertThat(Operators.errors("", "values.globl.hub=x"))
                .singleElement()
                .asString()
                .contains("--set values.globl.hub=x")
                .contains("did you mean 'global'?");
        assertThat(Operators.errors("", "components.ingresGateways[0].enabled=true"))
                .singleElement()
                .asString()
                .contains("did you mean 'ingressGateways'?");
    }

    @Test
    void refusesASettingWithoutAValue() {
        assertThat(Operators.errors("", "values.global.hub"))
                .singleElement()
                .asString()
                .contains("path=value");
    }

    @Test
    void refusesAValueOfTheWrongType() {
        assertThat(Operators.errors("", "components.pilot.enabled=perhaps"))
                .singleElement()
                .asString()
                .contains("true or false");
    }

    @Test
    void refusesWhatIsNotBuiltByName() {
        assertThat(Operators.errors("", "components.ztunnel.enabled=true"))
                .singleElement()
                .asString()
                .contains("spec.components.ztunnel.enabled");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "values.istio_cni.enabled=true",
                "unvalidatedValues.ambient.enabled=true",
                "values.ambient.enabled=true",
                "values.pilot.env.PILOT_ENABLE_AMBIENT=true",
                "meshConfig.defaultConfig.proxyMetadata.ISTIO_META_ENABLE_HBONE=true"
            })
    void refusesWhatWouldLeaveTrafficUncaptured(String setting) {
        String path = setting.substring(0, setting.indexOf('=')).replace("unvalidatedValues", "values");
        assertThat(Operators.errors("", setting))
                .anySatisfy(line -> assertThat(line).contains("spec." + path).contains("not built yet"));
    }

    @Test
    void refusesARevisionThatCannotBePartOfAName() {
        assertThat(Operators.errors("", "revision=1.2"))
                .singleElement()
                .asString()
                .contains("spec.revision")
                .contains("1.2");
        assertThat(Operators.errors("revision: a\nvalues: {revisionTags: [prod, A]}"))
                .singleElement()
                .asString()
                .contains("spec.values.revisionTags");
    }

    @Test
    void refusesAnUnknownProfile() {
        assertThat(Operators.errors("", "profile=dmeo"))
                .singleElement()
                .asString()
                .contains("did you mean 'demo'?");
        assertThat(Operators.errors("profile: dmeo")).singleElement().asString().contains("iop.yaml:");
        assertThat(Operators.errors("", "profile=./own.yaml"))
                .singleElement()
                .asString()
                .contains("there is no such profile here");
    }

    @Test
    void saysWhichOfIstiosValuesHaveNoEffect() {
        OperatorReader reader = Operators.reader("values:\n  pilot:\n    traceSampling: 50.0");
        assertThat(reader.spec("h", "t")).isPresent();
        assertThat(reader.findings())
                .singleElement()
                .asString()
                .contains("iop.yaml:6:")
                .contains("warning")
                .contains("spec.values.pilot.traceSampling");
    }

    @Test
    void takesUncheckedValuesAsTheyAre() {
        assertThat(Operators.errors("unvalidatedValues: {anything: {goes: here}}"))
                .isEmpty();
    }

    @Test
    void readsListsAndTextsOfSettings() {
        OperatorSpec spec = Operators.reader(
                        "",
                        "meshConfig.defaultServiceExportTo={.,shop}",
                        "meshConfig.defaultConfig.proxyMetadata.ISTIO_META_X=1",
                        "components.ingressGateways[name:istio-ingressgateway].enabled=false")
                .spec("h", "t")
                .orElseThrow();
        assertThat(Trees.texts(spec.tree(), "meshConfig", "defaultServiceExportTo"))
                .containsExactly(".", "shop");
        assertThat(Trees.at(spec.tree(), "meshConfig", "defaultConfig", "proxyMetadata", "ISTIO_META_X")
                        .isString())
                .isTrue();
        assertThat(Operators.manifests("", "components.ingressGateways[name:istio-ingressgateway].enabled=false")
                        .objects())
                .noneMatch(object -> object.toString().contains("istio-ingressgateway-sds"));
    }

    @Test
    void refusesAFileOfSomethingElse() {
        OperatorReader reader = new OperatorReader();
        reader.addFile("apiVersion: v1\nkind: Service\n", "service.yaml");
        assertThat(reader.spec("h", "t")).isEmpty();
        assertThat(reader.findings().getFirst().toString())
                .contains("service.yaml:1:1")
                .contains("IstioOperator");
    }
}
