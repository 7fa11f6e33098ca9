package dev.lateen.translate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.istio.Telemetry.MetricOverride;
import dev.lateen.model.istio.Telemetry.Metrics;
import dev.lateen.model.istio.Telemetry.TagOverride;
import dev.lateen.model.tree.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Widest entries first, as Istio merges them.
class MetricRulesTest {
    private static final List<String> METRICS = List.of("REQUEST_COUNT", "REQUEST_SIZE");
    private static final List<String> PROMETHEUS = List.of("prometheus");

    private static Metrics entry(List<String> providers, String interval, MetricOverride... overrides) {
        return new Metrics(
                providers,
                List.of(overrides),
                Map.of(),
                List.of(),
                Optional.of(interval).filter(text -> !text.isEmpty()).flatMap(Durations::parse));
    }

    private static Metrics entry(MetricOverride... overrides) {
        return entry(List.of(), "", overrides);
    }

    private static MetricOverride disabled(String metric, boolean disabled) {
        return new MetricOverride(metric, "CLIENT_AND_SERVER", Optional.of(disabled), Map.of());
    }

    private static MetricOverride tag(String metric, String mode, String tag) {
        return new MetricOverride(metric, mode, Optional.empty(), Map.of(tag, new TagOverride("UPSERT", "'x'")));
    }

    private static MetricRules rules(List<String> defaults, Metrics... entries) {
        return MetricRules.of(List.of(entries), defaults, Side.CLIENT, METRICS);
    }

    @Test
    void whatALaterEntryLeavesOutStaysDisabled() {
        MetricRules rules = rules(
                PROMETHEUS,
                entry(disabled("REQUEST_COUNT", true)),
                entry(tag("REQUEST_COUNT", "CLIENT_AND_SERVER", "a")));
        assertThat(rules.counts()).isTrue();
        assertThat(rules.changes().get("REQUEST_COUNT").drops()).isTrue();
        assertThat(rules.changes().get("REQUEST_COUNT").tags()).containsKey("a");
    }

    @Test
    void aLaterEntryEnablesWhatItNames() {
        MetricRules rules =
                rules(PROMETHEUS, entry(disabled("REQUEST_COUNT", true)), entry(disabled("REQUEST_COUNT", false)));
        assertThat(rules.changes().get("REQUEST_COUNT").drops()).isFalse();
    }

    @Test
    void allAreOffUntilALaterEntrySaysAnythingOfOne() {
        Metrics off = entry(disabled("ALL_METRICS", true));
        assertThat(rules(PROMETHEUS, off).counts()).isFalse();
        MetricRules again = rules(PROMETHEUS, off, entry(tag("REQUEST_COUNT", "CLIENT", "a")));
        assertThat(again.counts()).isTrue();
        assertThat(again.changes()).containsOnlyKeys("REQUEST_COUNT");
        assertThat(rules(PROMETHEUS, off, entry(tag("REQUEST_COUNT", "SERVER", "a")))
                        .counts())
                .isFalse();
    }

    @Test
    void allMeansEachWhereItIsNotOff() {
        MetricRules rules =
                rules(PROMETHEUS, entry(disabled("REQUEST_SIZE", true)), entry(disabled("ALL_METRICS", false)));
        assertThat(rules.changes()).containsOnlyKeys(METRICS);
        assertThat(rules.changes().values()).noneMatch(MetricRules.Change::drops);
    }

    @Test
    void entriesCountForTheirOwnProviders() {
        Metrics other = entry(List.of("other"), "9s", disabled("ALL_METRICS", true));
        assertThat(rules(PROMETHEUS, other, entry(PROMETHEUS, ""))).isEqualTo(rules(PROMETHEUS));
        assertThat(rules(List.of("other"), entry(disabled("REQUEST_COUNT", true)), entry(PROMETHEUS, ""))
                        .changes())
                .isEmpty();
        assertThat(rules(PROMETHEUS, other).isChosen()).isFalse();
        assertThat(rules(List.of()).isChosen()).isFalse();
        assertThat(rules(List.of(), entry(PROMETHEUS, "")).counts()).isTrue();
    }

    @Test
    void anEntryWithoutProvidersIsAboutThoseBeforeIt() {
        MetricRules rules = rules(
                PROMETHEUS,
                entry(List.of("other"), ""),
                entry(disabled("REQUEST_COUNT", true)),
                entry(PROMETHEUS, "", disabled("REQUEST_SIZE", true)));
        assertThat(rules.changes()).containsOnlyKeys("REQUEST_SIZE");
    }

    @Test
    void reportsAsTheLastEntryAboutTheProviderSays() {
        assertThat(rules(
                                PROMETHEUS,
                                entry(PROMETHEUS, "1s"),
                                entry(List.of("other"), "9s"),
                                entry(List.of("other", "prometheus"), ""))
                        .reportingInterval())
                .hasValue(Duration.ofSeconds(1));
    }
}
