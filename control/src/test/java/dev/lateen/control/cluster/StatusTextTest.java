package dev.lateen.control.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.control.store.ResourceStatus;
import dev.lateen.control.store.ResourceStatus.Verdict;
import dev.lateen.kubernetes.tree.Trees;
import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.tree.Position;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class StatusTextTest {
    private static final Position PLACE = new Position("VirtualService/shop/web", 1, 1);
    private static final String NOW = "2026-01-02T03:04:05Z";
    private static final Diagnostic BAD_HOST = Diagnostic.error(
                    "invalid-host", PLACE, "spec.hosts[0]", "is no host name")
            .withValue("a b")
            .withAdvice("remove the blank");

    @Test
    void saysThatAResourceIsInForce() {
        ObjectNode status = StatusText.of(3, new ResourceStatus(Verdict.ACCEPTED, List.of()), List.of(), List.of());
        assertThat(Trees.text(status, "observedGeneration")).isEqualTo("3");
        assertThat(Trees.objects(status, "conditions"))
                .extracting(one -> Trees.text(one, "type") + "=" + Trees.text(one, "status"))
                .containsExactly("Accepted=True", "PassedAnalysis=True");
        assertThat(Trees.objects(status, "validationMessages")).isEmpty();
    }

    @Test
    void namesFieldValueAndAdviceOfWhatIsRefused() {
        ObjectNode status =
                StatusText.of(1, new ResourceStatus(Verdict.REFUSED, List.of(BAD_HOST)), List.of(), List.of());
        assertThat(StatusMerge.isRefused(status)).isTrue();
        assertThat(StatusMerge.refusal(status)).contains("spec.hosts[0]", "value: a b", "remove the blank");
        ObjectNode message = Trees.objects(status, "validationMessages").getFirst();
        assertThat(Trees.text(message, "level")).isEqualTo("ERROR");
        assertThat(Trees.text(message, "type", "name")).isEqualTo("InvalidHost");
    }

    @Test
    void holdsNoMoreThanTwentyMessages() {
        List<Diagnostic> many = IntStream.range(0, 100)
                .mapToObj(i -> Diagnostic.warning("odd", PLACE, "spec.hosts[" + i + "]", "x".repeat(5000)))
                .toList();
        ObjectNode status = StatusText.of(1, new ResourceStatus(Verdict.ACCEPTED, many), List.of(), List.of());
        assertThat(Trees.objects(status, "validationMessages"))
                .hasSize(20)
                .allMatch(one -> Trees.text(one, "message").length() <= 1024);
    }

    @Test
    void findsItsOwnWordsAgainWithTheirTimes() {
        ObjectNode text =
                StatusText.of(1, new ResourceStatus(Verdict.REFUSED, List.of(BAD_HOST)), List.of(), List.of());
        ObjectNode shown = StatusMerge.merged(Trees.object(), text, NOW);
        assertThat(StatusMerge.says(Trees.object(), text)).isFalse();
        assertThat(StatusMerge.says(shown, text)).isTrue();
        assertThat(StatusMerge.says(Trees.parseObject(shown.toString()).orElseThrow(), text))
                .isTrue();
    }

    @Test
    void keepsConditionsOfOthersAndTheTimeOfWhatHasNotChanged() {
        ObjectNode accepted = StatusText.of(1, new ResourceStatus(Verdict.ACCEPTED, List.of()), List.of(), List.of());
        ObjectNode shown = StatusMerge.merged(Trees.object(), accepted, NOW);
        Trees.list(shown, "conditions").add(Trees.object("type", "Foreign", "status", "True"));
        ObjectNode warned = StatusText.of(
                2,
                new ResourceStatus(Verdict.ACCEPTED, List.of()),
                List.of(Diagnostic.warning("no-such-host", PLACE, "spec.hosts[0]", "nobody serves it")),
                List.of());
        ObjectNode merged = StatusMerge.merged(shown, warned, "2027-01-01T00:00:00Z");
        assertThat(Trees.objects(merged, "conditions"))
                .extracting(one -> Trees.text(one, "type") + " " + Trees.text(one, "lastTransitionTime"))
                .containsExactly("Accepted " + NOW, "PassedAnalysis 2027-01-01T00:00:00Z", "Foreign ");
        assertThat(StatusMerge.says(shown, warned)).isFalse();
    }
}
