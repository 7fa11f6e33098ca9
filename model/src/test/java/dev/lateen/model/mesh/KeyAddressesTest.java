package dev.lateen.model.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.istio.RequestAuthentication.JwtRule;
import dev.lateen.model.istio.RequestAuthentication.KeyAddress;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.ResourceParser;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyAddressesTest {
    private static final KeyAddress OUTSIDE =
            new KeyAddress("https://a.example.com/keys", false, Duration.ofSeconds(5));
    private static final KeyAddress INSIDE =
            new KeyAddress("http://issuer.default.svc.cluster.local/keys", false, Duration.ofSeconds(2));
    private static final KeyAddress DISCOVERED = new KeyAddress("https://b.example.com", true, Duration.ofSeconds(5));
    private static final String RESOURCES = """
            apiVersion: v1
            kind: Service
            metadata: {name: issuer, namespace: default}
            spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 80}]}
            ---
            apiVersion: security.istio.io/v1
            kind: RequestAuthentication
            metadata: {name: users, namespace: default}
            spec:
              jwtRules:
              - {issuer: a, jwksUri: "https://a.example.com/keys"}
              - {issuer: b, jwksUri: "http://issuer.default.svc.cluster.local/keys", timeout: 2s}
              - {issuer: "https://b.example.com"}
              - {issuer: c, jwks: "{}"}
            """;

    private static SnapshotBuilder builder(KeyFetching mode) {
        SnapshotBuilder builder = new SnapshotBuilder(MeshSettings.DEFAULT.withKeyFetching(mode));
        for (ParsedResource parsed : new ResourceParser(ParserSettings.DEFAULT).parse(RESOURCES, "test.yaml")) {
            builder.put(List.of(((ParsedResource.Valid) parsed).resource()));
        }
        builder.build();
        return builder;
    }

    private static List<String> keys(MeshSnapshot snapshot) {
        return snapshot.security().requestAuthentications().getFirst().jwtRules().stream()
                .map(JwtRule::jwks)
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"CONTROL_PLANE, true, true", "HYBRID, true, false", "PROXY, false, false"})
    void whoFetchesDependsOnTheModeAndTheIssuer(KeyFetching mode, boolean outside, boolean inside) {
        var addresses = builder(mode).keyAddresses();
        assertThat(addresses.containsKey(OUTSIDE)).isEqualTo(outside);
        assertThat(addresses.containsKey(INSIDE)).isEqualTo(inside);
        assertThat(addresses).containsKey(DISCOVERED);
    }

    @Test
    void namesTheRulesThatNeedTheKeys() {
        assertThat(builder(KeyFetching.CONTROL_PLANE).keyAddresses().get(INSIDE))
                .singleElement()
                .extracting(origin -> origin.field() + " " + origin.at().line())
                .isEqualTo("spec.jwtRules[1] 12");
    }

    @Test
    void fetchedKeysAreThoseOfTheRule() {
        SnapshotBuilder builder = builder(KeyFetching.CONTROL_PLANE);
        assertThat(keys(builder.build())).containsExactly("", "", "", "{}");
        assertThat(builder.keySets(Map.of(OUTSIDE, "one", DISCOVERED, "two"))).isTrue();
        assertThat(keys(builder.build())).containsExactly("one", "", "two", "{}");
    }

    @Test
    void theSameKeysChangeNothing() {
        SnapshotBuilder builder = builder(KeyFetching.CONTROL_PLANE);
        builder.keySets(Map.of(OUTSIDE, "one"));
        MeshSnapshot before = builder.build();
        assertThat(builder.keySets(Map.of(OUTSIDE, "one"))).isFalse();
        assertThat(builder.build().security()).isSameAs(before.security());
    }
}
