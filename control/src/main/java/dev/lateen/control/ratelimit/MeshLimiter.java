package dev.lateen.control.ratelimit;

import dev.lateen.control.identity.TokenVerdict;
import dev.lateen.identity.SpiffeId;
import dev.lateen.translate.policy.Algorithm;
import dev.lateen.translate.policy.LimitRule;
import dev.lateen.xds.server.Peer;
import dev.lateen.xds.server.RateLimitService;
import dev.lateen.xds.server.RateLimitService.Answer;
import dev.lateen.xds.server.RateLimitService.Descriptor;
import dev.lateen.xds.server.RateLimitService.Entry;
import dev.lateen.xds.server.RateLimitService.Grant;
import dev.lateen.xds.server.RateLimitService.Question;
import dev.lateen.xds.server.RateLimitService.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Answers proxies whether a request is within the limits of the mesh. A descriptor's first entry names the rule, the
/// others are the values by which it counts. What no rule knows passes, and is counted.
///
/// A workload may count only by rules of its own namespace and of the root namespace: nobody uses up what is not
/// theirs. So a limit that a proxy names itself does not replace the rule's; it is counted as ignored.
///
/// Thread: any; may block where the counters are elsewhere.
public final class MeshLimiter implements RateLimitService.Limiter {
    static final String DOMAIN = "lateen";
    private static final String RULE = "rule";
    private static final long LEASE_MILLIS = 100;
    /// What a quota grants ahead is counted for good, so it stays usable for as long as proxies keep it: at few
    /// requests a second, leases as short as those of rates would end unused, and a fifth of a quota with them.
    private static final long QUOTA_LEASE_MILLIS = 10_000;
    private static final long MAX_RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MIN_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final double BUCKET_RETRY_SECONDS = 0.01;
    private static final int WINDOW_RETRIES = 200;

    private final Function<Peer, TokenVerdict> authenticate;
    private final LimitStore store;
    private final LimitStats stats;
    private volatile Rules rules = new Rules(Map.of(), "");

    private record Rules(Map<String, LimitRule> byId, String rootNamespace) {}

    /// One descriptor that a rule knows.
    ///
    /// @param index of the descriptor
    private record Counted(int index, Take take) {
        LimitRule rule() {
            return take.rule();
        }
    }

    /// @param authenticate finds out who calls
    public MeshLimiter(Function<Peer, TokenVerdict> authenticate, LimitStore store, LimitStats stats) {
        this.authenticate = authenticate;
        this.store = store;
        this.stats = stats;
    }

    /// Puts rules in force; counts of those that stay are kept.
    ///
    /// @param rootNamespace whose rules are for all workloads
    public void rules(Map<String, LimitRule> byId, String rootNamespace) {
        rules = new Rules(Map.copyOf(byId), rootNamespace);
        stats.keepOnly(byId.keySet());
    }

    public Map<String, LimitRule> rules() {
        return rules.byId();
    }

    public LimitStore store() {
        return store;
    }

    public LimitStats stats() {
        return stats;
    }

    @Override
    public Answer count(Peer peer, Question question) {
        return switch (authenticate.apply(peer)) {
            case TokenVerdict.Unknown(var reason) -> {
                stats.stranger();
                yield new Answer.Unauthenticated(reason);
            }
            case TokenVerdict.Known(SpiffeId caller, var _) -> {
                try {
                    yield count(caller, question);
                } catch (LimitStore.StoreUnavailable e) {
                    stats.unavailable();
                    yield new Answer.Unavailable("the counters cannot be reached");
                }
            }
        };
    }

    private Answer count(SpiffeId caller, Question question) {
        Rules known = rules;
        List<Counted> enforced = new ArrayList<>(2);
        List<Counted> watching = new ArrayList<>(0);
        for (int index = 0; index < question.descriptors().size(); index++) {
            Take take = question.domain().equals(DOMAIN)
                    ? take(known, question.descriptors().get(index))
                    : null;
            if (take == null) {
                stats.unknown();
                continue;
            }
            if (question.descriptors().get(index).overrides()) {
                stats.ignoredOverride();
            }
            String namespace = namespaceOf(take.rule().id());
            if (!namespace.equals(caller.namespace()) && !namespace.equals(known.rootNamespace())) {
                stats.stranger();
                return new Answer.Forbidden("rule " + take.rule().id()
                        + " is of another namespace, and the caller has proved to be " + caller);
            }
            (take.rule().shadow() ? watching : enforced).add(new Counted(index, take));
        }
        return decide(question, enforced, watching);
    }

    private @Nullable Take take(Rules known, Descriptor descriptor) {
        List<Entry> entries = descriptor.entries();
        if (entries.isEmpty() || !entries.getFirst().key().equals(RULE)) {
            return null;
        }
        LimitRule rule = known.byId().get(entries.getFirst().value());
        if (rule == null) {
            return null;
        }
        List<String> keys = new ArrayList<>(entries.size());
        List<String> values = new ArrayList<>(entries.size());
        for (Entry entry : entries.subList(1, entries.size())) {
            keys.add(entry.key() + "=" + entry.value());
            values.add(entry.value());
        }
        return new Take(new LimitKey(rule.id(), keys), rule, rule.requestsFor(values), descriptor.hits());
    }

    /// Ids are `Kind/namespace/name/index`.
    private static String namespaceOf(String id) {
        int first = id.indexOf('/');
        int second = id.indexOf('/', first + 1);
        return first < 0 || second < 0 ? "" : id.substring(first + 1, second);
    }

    private Answer decide(Question question, List<Counted> enforced, List<Counted> watching) {
        RateLimitService.Lease lease = question.lease();
        long ahead = lease == null ? 0 : mostAhead(lease.hits(), enforced, watching);
        State[] states = new State[question.descriptors().size()];
        java.util.Arrays.fill(states, State.NO_LIMIT);
        LimitStore.Taken taken = enforced.isEmpty()
                ? new LimitStore.Taken(List.of(), ahead)
                : store.take(enforced.stream().map(Counted::take).toList(), ahead);
        boolean over = !taken.admitted();
        for (int index = 0; index < enforced.size(); index++) {
            Counted counted = enforced.get(index);
            states[counted.index()] = state(counted.take(), taken.states().get(index), true);
            note(counted, over, taken.ahead(), lease);
        }
        if (!over) {
            for (Counted counted : watching) {
                states[counted.index()] = watch(counted, taken.ahead());
            }
        }
        noteRefused(enforced, taken, lease);
        return new Answer.Counted(
                over,
                List.of(states),
                headers(enforced, taken, over),
                lease == null ? null : grant(enforced, taken, over));
    }

    private static long mostAhead(long wanted, List<Counted> enforced, List<Counted> watching) {
        long most = enforced.isEmpty() && watching.isEmpty() ? 0 : wanted;
        for (List<Counted> all : List.of(enforced, watching)) {
            for (Counted counted : all) {
                // Where a request counts for more than one hit, a further one would too.
                most = counted.take().hits() == 1
                        ? Math.min(most, counted.take().mostAhead())
                        : 0;
            }
        }
        return most;
    }

    /// Counts without refusing.
    private State watch(Counted counted, long ahead) {
        Take take = counted.take();
        LimitState state = store.take(List.of(take), 0).states().getFirst();
        LimitStats.OfRule numbers = stats.of(counted.rule().id());
        numbers.questions.increment();
        (state.admitted() ? numbers.admitted : numbers.shadow).add(take.hits());
        if (ahead > 0) {
            Take further = new Take(take.key(), take.rule(), take.limit(), ahead);
            boolean room = store.take(List.of(further), 0).admitted();
            (room ? numbers.admitted : numbers.shadow).add(ahead);
            numbers.leased.add(ahead);
            numbers.leases.increment();
        }
        return state(take, state, false);
    }

    private void note(Counted counted, boolean over, long ahead, RateLimitService.@Nullable Lease lease) {
        LimitStats.OfRule numbers = stats.of(counted.rule().id());
        numbers.questions.increment();
        if (!over) {
            numbers.admitted.add(counted.take().hits() + ahead);
            if (lease != null && ahead > 0) {
                numbers.leased.add(ahead);
                numbers.leases.increment();
            }
        }
    }

    /// A refusal belongs to the rules that refuse; those of a proxy's own, to whichever is nearest to it.
    private void noteRefused(List<Counted> enforced, LimitStore.Taken taken, RateLimitService.@Nullable Lease lease) {
        int nearest = -1;
        for (int index = 0; index < enforced.size(); index++) {
            LimitState state = taken.states().get(index);
            if (!state.admitted()) {
                stats.of(enforced.get(index).rule().id())
                        .refused
                        .add(enforced.get(index).take().hits());
            }
            if (nearest < 0 || state.remaining() < taken.states().get(nearest).remaining()) {
                nearest = index;
            }
        }
        if (lease != null && lease.refused() > 0 && nearest >= 0) {
            stats.of(enforced.get(nearest).rule().id()).refused.add(lease.refused());
        }
    }

    private static State state(Take take, LimitState state, boolean refuses) {
        return new State(
                refuses && !state.admitted(),
                take.rule().id(),
                take.limit(),
                take.rule().window(),
                state.remaining(),
                Duration.ofNanos(state.resetNanos()));
    }

    /// Of the limit that is nearest to being reached.
    ///
    /// Source: draft-ietf-httpapi-ratelimit-headers-03; RFC 9110 §10.2.3.
    private static Map<String, String> headers(List<Counted> enforced, LimitStore.Taken taken, boolean over) {
        Map<String, String> headers = new LinkedHashMap<>();
        int nearest = -1;
        long retry = 0;
        for (int index = 0; index < enforced.size(); index++) {
            LimitState state = taken.states().get(index);
            if (nearest < 0 || state.remaining() < taken.states().get(nearest).remaining()) {
                nearest = index;
            }
            if (!state.admitted()) {
                retry = Math.max(retry, state.resetNanos());
            }
        }
        if (nearest >= 0) {
            headers.put(
                    "ratelimit-limit",
                    Long.toString(enforced.get(nearest).take().limit()));
            headers.put(
                    "ratelimit-remaining",
                    Long.toString(taken.states().get(nearest).remaining()));
            headers.put("ratelimit-reset", seconds(taken.states().get(nearest).resetNanos()));
        }
        if (over) {
            headers.put("retry-after", seconds(Math.max(1, retry)));
        }
        return headers;
    }

    /// Rounded up.
    private static String seconds(long nanos) {
        return Long.toString((nanos + 999_999_999L) / 1_000_000_000L);
    }

    /// A proxy that is refused comes back when there is room for more than a single hit, lest it asks for each of them.
    private static Grant grant(List<Counted> enforced, LimitStore.Taken taken, boolean over) {
        if (!over) {
            return new Grant(taken.ahead(), leaseMillis(enforced, taken));
        }
        long retry = MIN_RETRY_NANOS;
        for (int index = 0; index < enforced.size(); index++) {
            if (!taken.states().get(index).admitted()) {
                retry = Math.max(
                        retry, retry(enforced.get(index).take(), taken.states().get(index)));
            }
        }
        return new Grant(0, TimeUnit.NANOSECONDS.toMillis(Math.min(retry, MAX_RETRY_NANOS)));
    }

    private static long leaseMillis(List<Counted> enforced, LimitStore.Taken taken) {
        long millis = QUOTA_LEASE_MILLIS;
        for (int index = 0; index < enforced.size(); index++) {
            if (enforced.get(index).rule().algorithm() != Algorithm.CALENDAR) {
                return LEASE_MILLIS;
            }
            // Never into the next window, which counts anew.
            long rest = taken.states().get(index).resetNanos();
            millis = Math.min(millis, TimeUnit.NANOSECONDS.toMillis(rest));
        }
        return enforced.isEmpty() ? LEASE_MILLIS : millis;
    }

    private static long retry(Take take, LimitState state) {
        long window = take.rule().window().toNanos();
        return switch (take.rule().algorithm()) {
            case TOKEN_BUCKET -> {
                double perSecond = take.limit() * 1e9 / window;
                long wanted = Math.clamp((long) (perSecond * BUCKET_RETRY_SECONDS), 1, Math.max(1, take.burst() / 2));
                yield state.resetNanos() + (long) ((wanted - 1) / perSecond * 1e9);
            }
            case SLIDING_WINDOW -> Math.max(state.resetNanos(), window / WINDOW_RETRIES);
            case CALENDAR -> state.resetNanos();
        };
    }
}
