package dev.lateen.model.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.ResourceParser;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which entries get an address of the mesh.
class AutoAddressesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "other: x | resolution: DNS | true",
                "networking.istio.io/enable-autoallocate-ip: 'true' | resolution: DNS | true",
                "networking.istio.io/enable-autoallocate-ip: 'false' | resolution: DNS | false",
                "networking.istio.io/enable-autoallocate-ip: 'False' | resolution: STATIC | false",
                "other: x | resolution: NONE | false",
                "other: x | 'resolution: DNS, addresses: [10.9.9.9]' | false",
            },
            quoteCharacter = '"')
    void entriesMayDoWithoutAnAddress(String label, String spec, boolean has) {
        MeshService service = service("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: out, namespace: default, labels: {LABEL}}
                spec: {hosts: [out.test], ports: [{number: 80, name: http, protocol: HTTP}], SPEC}
                """.replace("LABEL", label).replace("SPEC", spec.replace("'", "")));
        assertThat(service.autoAddress().startsWith("240.240.")).isEqualTo(has);
        assertThat(service.autoAddress().isEmpty()).isNotEqualTo(has);
        assertThat(service.autoAddress6().isEmpty()).isNotEqualTo(has);
    }

    private static MeshService service(String entry) {
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT);
        for (ParsedResource parsed : new ResourceParser(ParserSettings.DEFAULT).parse(entry, "test.yaml")) {
            builder.put(List.of(((ParsedResource.Valid) parsed).resource()));
        }
        return builder.build().services().all().getFirst();
    }
}
