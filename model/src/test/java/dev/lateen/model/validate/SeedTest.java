package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParsedResource.Fragment;
import dev.lateen.model.resource.ParsedResource.Valid;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Manifests as tutorials print them load as they are; where they differ from the real API, an INFO says so.
class SeedTest {
    private final ResourceReader reader = ResourceReader.create();

    @Test
    void takesDimensionsOfMetricsAsAnExtension() {
        ParsedResource parsed = one("""
                apiVersion: telemetry.istio.io/v1alpha1
                kind: Telemetry
                metadata: {name: custom-metrics}
                spec:
                  metrics:
                  - providers:
                    - name: prometheus
                    dimensions:
                      request_protocol: request.protocol
                    tags_to_remove: [request_host]
                """);
        assertThat(parsed).isInstanceOf(Valid.class);
        assertThat(parsed.diagnostics()).extracting(Diagnostic::code).containsExactly("extension", "extension");
        assertThat(parsed.diagnostics().getFirst().path()).isEqualTo("spec.metrics[0].dimensions");
    }

    @Test
    void takesADeploymentWithoutSelector() {
        ParsedResource parsed = one("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: user-service}
                spec:
                  template:
                    metadata:
                      labels: {app: user-service}
                    spec:
                      containers:
                      - name: user-service
                        image: shop/user-service:v1
                        ports: [{containerPort: 8080, name: http}]
                """);
        assertThat(parsed).isInstanceOf(Valid.class);
        assertThat(parsed.diagnostics()).extracting(Diagnostic::code).containsExactly("no-selector");
    }

    @Test
    void takesAPieceOfAnObjectAsAFragment() {
        ParsedResource parsed = one("""
                metadata:
                  annotations:
                    sidecar.istio.io/inject: "false"
                """);
        assertThat(parsed).isInstanceOf(Fragment.class);
        assertThat(parsed.diagnostics()).extracting(Diagnostic::code).containsExactly("fragment");
    }

    @Test
    void takesAnIstioOperatorWithoutMetadata() {
        ParsedResource parsed = one("""
                apiVersion: install.istio.io/v1alpha1
                kind: IstioOperator
                spec:
                  meshConfig:
                    enableTracing: true
                    defaultConfig:
                      tracing:
                        sampling: 100.0
                        zipkin:
                          address: jaeger-collector.istio-system:9411
                """);
        assertThat(parsed).isInstanceOf(Valid.class);
        assertThat(parsed.diagnostics()).isEmpty();
    }

    private ParsedResource one(String text) {
        List<ParsedResource> parsed = reader.read(text, "seed.yaml");
        assertThat(parsed).hasSize(1);
        return parsed.getFirst();
    }
}
