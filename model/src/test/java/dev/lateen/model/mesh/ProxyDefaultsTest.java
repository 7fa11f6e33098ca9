package dev.lateen.model.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.UnsupportedFeature;
import dev.lateen.model.resource.MeshConfigReader;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.validate.ResourceReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which fields of `defaultConfig` have an effect, and which are said to have none.
class ProxyDefaultsTest {
    private static Bound<MeshConfig> mesh(String defaultConfig) {
        String yaml = """
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                metadata: {name: mesh, namespace: istio-system}
                spec: {meshConfig: {defaultConfig: {%s}}}
                """.formatted(defaultConfig);
        return MeshConfig.of(new MeshConfigReader()
                .read(ResourceReader.create().read(yaml, "mesh.yaml").stream()
                        .map(parsed -> ((ParsedResource.Valid) parsed).resource())
                        .toList())
                .meshConfig());
    }

    private static List<String> reported(String defaultConfig) {
        return mesh(defaultConfig).unsupported().stream()
                .map(UnsupportedFeature::field)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "concurrency: 2",
                "drainDuration: 1s",
                "proxyMetadata: {A: b}",
                "statusPort: 15021",
                "interceptionMode: TPROXY",
                "tracing: {sampling: 1, zipkin: {address: \"zipkin.test:9411\"}, tlsSettings: {mode: SIMPLE}}",
                "gatewayTopology: {numTrustedProxies: 1, forwardClientCertDetails: SANITIZE, proxyProtocol: {}}",
                "proxyHeaders: {forwardedClientCert: SANITIZE, setCurrentClientCertDetails: {subject: true, cert: true,"
                        + " chain: true, dns: true, uri: true}, requestId: {disabled: true}, server: {disabled: true,"
                        + " value: x}, attemptCount: {disabled: true}, envoyDebugHeaders: {disabled: true},"
                        + " metadataExchangeHeaders: {mode: IN_MESH}, preserveHttp1HeaderCase: true,"
                        + " xForwardedHost: {enabled: true}, xForwardedPort: {enabled: true}}",
                "configPath: ./etc/istio/proxy",
                "statNameLength: 189",
                "sds: {enabled: true}"
            })
    void aFieldThatIsReadIsNotReported(String field) {
        assertThat(reported(field)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "privateKeyProvider: {qat: {pollDelay: 1s}} | privateKeyProvider",
                "fileFlushInterval: 1s | fileFlushInterval",
                "customConfigFile: /a | customConfigFile",
                "caCertificatesPem: [x] | caCertificatesPem",
                "configPath: /elsewhere | configPath",
                "statNameLength: 60 | statNameLength",
                "tracing: {stackdriver: {debug: true}} | tracing.stackdriver",
                "connectionSettings: {listenerConnectionLimit: 5} | connectionSettings.listenerConnectionLimit",
                "connectionSettings: {http2InitialStreamWindowSize: 100} | connectionSettings.http2InitialStreamWindowSize",
                "connectionSettings: {globalDownstreamConnectionLimit: 5}"
                        + " | connectionSettings.globalDownstreamConnectionLimit"
            })
    void aFieldThatNobodyReadsIsReported(String field, String name) {
        assertThat(reported(field)).containsExactly("defaultConfig." + name);
    }

    @Test
    void aModeThatIsNotDefinedSaysNothing() {
        ProxyTraffic traffic = mesh("gatewayTopology: {forwardClientCertDetails: UNDEFINED},"
                        + " proxyHeaders: {forwardedClientCert: UNDEFINED}")
                .value()
                .proxy()
                .traffic();
        assertThat(traffic.topology().forwardClientCert()).isEmpty();
        assertThat(traffic.headers().clientCert().mode()).isEmpty();
    }
}
