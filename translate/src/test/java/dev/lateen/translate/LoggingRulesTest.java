package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.istio.Telemetry.AccessLogging;
import dev.lateen.translate.LoggingRules.Log;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the recorded cases do not ask.
class LoggingRulesTest {
    private static final String FAILED = "response.code >= 400";
    private static final String BROKEN = "response.code >= 500";

    private static AccessLogging rule(String mode, String filter, String... providers) {
        return new AccessLogging(mode, List.of(providers), Optional.empty(), filter);
    }

    private static AccessLogging switching(String mode, boolean off) {
        return new AccessLogging(mode, List.of(), Optional.of(off), "");
    }

    private static List<Log> client(List<String> defaults, AccessLogging... levels) {
        return LoggingRules.of(List.of(levels).stream().map(List::of).toList(), defaults, Side.CLIENT);
    }

    @Test
    void aFilterWithoutProvidersHoldsForThoseOfTheWiderRule() {
        assertThat(client(List.of(), rule("CLIENT", FAILED, "one", "two"), rule("CLIENT_AND_SERVER", BROKEN)))
                .containsExactlyInAnyOrder(new Log("one", false, BROKEN), new Log("two", false, BROKEN));
    }

    @Test
    void aFilterWithoutProvidersHoldsForTheDefaults() {
        assertThat(client(List.of("one"), rule("CLIENT", FAILED))).containsExactly(new Log("one", false, FAILED));
    }

    @Test
    void aRuleForOneSideLeavesTheOtherAlone() {
        assertThat(client(List.of("one"), switching("SERVER", true))).containsExactly(new Log("one", false, ""));
        assertThat(client(List.of("one"), switching("CLIENT", true))).containsExactly(new Log("one", true, ""));
    }

    @Test
    void whatIsSwitchedOffAndOnKeepsItsFilter() {
        assertThat(client(
                        List.of(),
                        rule("CLIENT", FAILED, "one"),
                        switching("CLIENT", true),
                        switching("CLIENT", false)))
                .containsExactly(new Log("one", false, FAILED));
    }

    @Test
    void theNarrowestThatNamesProvidersChoosesThem() {
        assertThat(client(List.of("default"), rule("CLIENT", FAILED, "one"), rule("CLIENT", "", "two")))
                .containsExactly(new Log("two", false, ""));
    }
}
