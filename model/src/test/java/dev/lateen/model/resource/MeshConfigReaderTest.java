package dev.lateen.model.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.resource.ParsedResource.Valid;
import dev.lateen.model.tree.Fields;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeshConfigReaderTest {
    private static final String OPERATORS = """
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: first}
            spec: {meshConfig: {enableTracing: true, defaultConfig: {tracing: {sampling: 10}}}}
            ---
            apiVersion: install.istio.io/v1alpha1
            kind: IstioOperator
            metadata: {name: second}
            spec: {meshConfig: {accessLogFile: /dev/stdout, defaultConfig: {concurrency: 2, tracing: {sampling: 50}}}}
            """;

    @Test
    void addsSettingsUpFieldByField() {
        Fields config = read(OPERATORS);
        assertThat(config.flag("enableTracing")).isTrue();
        assertThat(config.text("accessLogFile")).contains("/dev/stdout");
        Fields proxy = config.object("defaultConfig", found -> found).orElseThrow();
        assertThat(proxy.integer("concurrency")).hasValue(2);
        assertThat(proxy.object("tracing", tracing -> tracing.text("sampling", "")))
                .contains("50");
    }

    @Test
    void letsTheConfigMapWin() {
        Fields config = read("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  mesh: |
                    access_log_file: /tmp/log
                ---
                """ + OPERATORS);
        assertThat(config.text("accessLogFile")).contains("/tmp/log");
        assertThat(config.at("accessLogFile").line()).isEqualTo(6);
    }

    private static Fields read(String text) {
        List<RawResource> resources = new ResourceParser(ParserSettings.DEFAULT)
                .parse(text, "f.yaml").stream()
                        .map(parsed -> ((Valid) parsed).resource())
                        .toList();
        return new Fields(new MeshConfigReader().read(resources).meshConfig());
    }
}
