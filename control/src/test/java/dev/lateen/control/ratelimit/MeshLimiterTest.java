package dev.lateen.control.ratelimit;

import static dev.lateen.control.ratelimit.Rules.bucket;
import static dev.lateen.control.ratelimit.Rules.daily;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.control.identity.TokenVerdict;
import dev.lateen.identity.SpiffeId;
import dev.lateen.translate.policy.LimitRule;
import dev.lateen.xds.server.Peer;
import dev.lateen.xds.server.RateLimitService.Answer;
import dev.lateen.xds.server.RateLimitService.Descriptor;
import dev.lateen.xds.server.RateLimitService.Entry;
import dev.lateen.xds.server.RateLimitService.Grant;
import dev.lateen.xds.server.RateLimitService.Lease;
import dev.lateen.xds.server.RateLimitService.Question;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeshLimiterTest {
    private static final Peer PEER = new Peer("1.2.3.4:5", true, List.of(), Optional.empty());
    private static final LimitRule BUCKET = bucket(1000, Duration.ofSeconds(1), 1000);
    private static final LimitRule DAILY = daily(10_000);

    @TempDir
    Path directory;

    private final LimitStats stats = new LimitStats();
    private Instant now = Instant.parse("2099-01-15T12:00:00Z");
    private TokenVerdict caller = new TokenVerdict.Known(new SpiffeId("cluster.local", "shop", "cart"));
    private EmbeddedStore store;
    private MeshLimiter limiter;

    @BeforeEach
    void open() throws Exception {
        store = EmbeddedStore.open(directory.resolve("quotas"), 1000, stats, () -> now);
        limiter = new MeshLimiter(_ -> caller, store, stats);
        rules(BUCKET, DAILY);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void rules(LimitRule... rules) {
        Map<String, LimitRule> byId = new java.util.HashMap<>();
        for (LimitRule rule : rules) {
            byId.put(rule.id(), rule);
        }
        limiter.rules(byId, "istio-system");
    }

    private static Descriptor descriptor(String rule, long hits, String... values) {
        List<Entry> entries = new ArrayList<>(List.of(new Entry("rule", rule)));
        for (String value : values) {
            entries.add(new Entry("user", value));
        }
        return new Descriptor(entries, hits);
    }

    private Answer ask(@Nullable Lease lease, Descriptor... descriptors) {
        return limiter.count(PEER, new Question("lateen", List.of(descriptors), lease));
    }

    private Answer.Counted counted(@Nullable Lease lease, Descriptor... descriptors) {
        return (Answer.Counted) ask(lease, descriptors);
    }

    @Test
    void refusesWhatIsOverTheLimitAndTellsWhenToComeBack() {
        assertThat(counted(null, descriptor(BUCKET.id(), 1000)).over()).isFalse();
        Answer.Counted refused = counted(null, descriptor(BUCKET.id(), 1));
        assertThat(refused.over()).isTrue();
        assertThat(refused.headers())
                .containsEntry("ratelimit-limit", "1000")
                .containsEntry("ratelimit-remaining", "0")
                .containsEntry("retry-after", "1");
        assertThat(refused.granted()).isNull();
        assertThat(refused.statuses().getFirst().over()).isTrue();
    }

    @Test
    void countsByTheRuleWhereAProxyNamesALimitOfItsOwn() {
        Descriptor generous = new Descriptor(List.of(new Entry("rule", BUCKET.id())), 1001, true);
        assertThat(counted(null, generous).over()).isTrue();
        assertThat(stats.ignoredOverrides()).isEqualTo(1);
    }

    @Test
    void grantsAheadOnlyWhereLeasesAreKnown() {
        assertThat(counted(null, descriptor(BUCKET.id(), 1)).granted()).isNull();
        assertThat(counted(new Lease(20, 0), descriptor(BUCKET.id(), 1)).granted())
                .isEqualTo(new Grant(20, 100));
    }

    @Test
    void grantsNoMoreThanATwentiethOfASecond() {
        assertThat(counted(new Lease(900, 0), descriptor(BUCKET.id(), 1)).granted())
                .isEqualTo(new Grant(50, 100));
        assertThat(stats.rules().get(BUCKET.id()).admitted()).isEqualTo(51);
    }

    @Test
    void letsWhatAQuotaGrantsAheadLastUntilItIsUsed() {
        assertThat(counted(new Lease(10, 0), descriptor(DAILY.id(), 1)).granted())
                .isEqualTo(new Grant(10, 10_000));
        assertThat(counted(new Lease(10, 0), descriptor(DAILY.id(), 1), descriptor(BUCKET.id(), 1))
                        .granted())
                .isEqualTo(new Grant(10, 100));
    }

    @Test
    void letsNothingOfAQuotaLastIntoTheNextWindow() {
        now = Instant.parse("2099-01-15T23:59:59Z");
        assertThat(counted(new Lease(10, 0), descriptor(DAILY.id(), 1)).granted())
                .isEqualTo(new Grant(10, 1_000));
    }

    @Test
    void hasProxiesThatAreRefusedComeBackForMoreThanOneHit() {
        counted(null, descriptor(BUCKET.id(), 1000));
        Grant granted = counted(new Lease(10, 0), descriptor(BUCKET.id(), 1)).granted();
        assertThat(granted).isEqualTo(new Grant(0, 10));
    }

    @Test
    void countsRefusalsThatProxiesReport() {
        counted(new Lease(0, 77), descriptor(BUCKET.id(), 1));
        assertThat(stats.rules().get(BUCKET.id()).refused()).isEqualTo(77);
    }

    @Test
    void passesAndCountsWhatNoRuleKnows() {
        assertThat(counted(null, descriptor("RateLimit/shop/other/0", 1)).over())
                .isFalse();
        assertThat(((Answer.Counted) limiter.count(
                                PEER, new Question("other", List.of(descriptor(BUCKET.id(), 5000)), null)))
                        .over())
                .isFalse();
        assertThat(stats.unknownDescriptors()).isEqualTo(2);
    }

    @Test
    void givesSomeValuesALimitOfTheirOwn() {
        assertThat(counted(null, descriptor(DAILY.id(), 20_000, "plain")).over())
                .isTrue();
        assertThat(counted(null, descriptor(DAILY.id(), 20_000, "gold")).over()).isFalse();
    }

    @Test
    void watchesWithoutRefusing() {
        LimitRule shadow = new LimitRule(
                BUCKET.id(), 10, Duration.ofHours(1), BUCKET.algorithm(), 10, Optional.empty(), true, Map.of());
        rules(shadow);
        for (int hit = 0; hit < 30; hit++) {
            assertThat(counted(null, descriptor(shadow.id(), 1)).over()).isFalse();
        }
        assertThat(stats.rules().get(shadow.id()).shadow()).isEqualTo(20);
    }

    @Test
    void refusesCallersWhoHaveNotProvedWhoTheyAre() {
        caller = new TokenVerdict.Unknown("no certificate");
        assertThat(ask(null, descriptor(BUCKET.id(), 1))).isEqualTo(new Answer.Unauthenticated("no certificate"));
    }

    @Test
    void refusesCallersOfAnotherNamespace() {
        caller = new TokenVerdict.Known(new SpiffeId("cluster.local", "other", "thief"));
        assertThat(ask(null, descriptor(BUCKET.id(), 1))).isInstanceOf(Answer.Forbidden.class);
        assertThat(store.size()).isZero();
    }

    @Test
    void takesQuestionsOfAllAboutRulesOfTheRootNamespace() {
        LimitRule rule = new LimitRule(
                "RateLimit/istio-system/all/0",
                10,
                Duration.ofHours(1),
                BUCKET.algorithm(),
                10,
                Optional.empty(),
                false,
                Map.of());
        rules(rule);
        assertThat(counted(null, descriptor(rule.id(), 1)).over()).isFalse();
    }
}
