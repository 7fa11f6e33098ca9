package dev.lateen.dashboard.edit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.dashboard.edit.DraftCheck.Draft;
import dev.lateen.dashboard.edit.DraftCheck.Verdict;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.validate.ResourceReader;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DraftCheckTest {
    private static final ResourceKey KEY = new ResourceKey("networking.istio.io", "VirtualService", "default", "vs");
    private static final String GOOD = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: vs}
            spec:
              hosts: [back]
              http:
              - route:
                - destination: {host: back}
                timeout: 5s
            """;

    private final DraftCheck check = new DraftCheck("istio-system");
    private final List<RawResource> mesh = ResourceReader.create().read("""
                    apiVersion: v1
                    kind: Service
                    metadata: {name: back}
                    spec: {ports: [{name: http, port: 80}]}
                    """, "services.yaml").stream()
            .filter(ParsedResource.Valid.class::isInstance)
            .map(one -> ((ParsedResource.Valid) one).resource())
            .toList();

    @Test
    void saysWhatTheMeshWouldSayAtTheLineOfTheFile() {
        Verdict verdict = check.check(new Draft(GOOD.replace("timeout", "timeuot"), "vs.yaml", 20), Set.of(KEY), mesh);
        assertThat(verdict.acceptable()).isFalse();
        assertThat(verdict.findings())
                .singleElement()
                .extracting(Diagnostic::toString)
                .asString()
                .startsWith("vs.yaml:28:5: error: spec.http[0].timeuot: unknown field");
    }

    @Test
    void looksAtWhatTheOthersOfTheMeshAre() {
        assertThat(check.check(new Draft(GOOD, "vs.yaml", 1), Set.of(KEY), mesh).findings())
                .isEmpty();
        Verdict verdict = check.check(
                new Draft(GOOD.replace("{host: back}", "{host: not-there}"), "vs.yaml", 1), Set.of(KEY), mesh);
        assertThat(verdict.acceptable()).isTrue();
        assertThat(verdict.findings()).anyMatch(one -> one.toString().contains("not-there"));
    }

    @Test
    void letsNoResourceBecomeAnother() {
        Verdict verdict =
                check.check(new Draft(GOOD.replace("name: vs", "name: other"), "vs.yaml", 1), Set.of(KEY), mesh);
        assertThat(verdict.acceptable()).isFalse();
        assertThat(verdict.findings()).extracting(Diagnostic::code).containsOnly("other-resource");
        assertThat(verdict.findings()).hasSize(2);
    }

    @Test
    void findsADocumentThatIsNoYaml() {
        assertThat(check.check(new Draft("spec: [", "vs.yaml", 7), Set.of(KEY), mesh)
                        .acceptable())
                .isFalse();
    }
}
