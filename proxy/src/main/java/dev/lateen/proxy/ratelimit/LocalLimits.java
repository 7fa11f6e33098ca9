package dev.lateen.proxy.ratelimit;

import dev.lateen.proxy.ratelimit.Descriptor.Entry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The buckets of one local rate limit: one for each descriptor, one for each set of values where a descriptor leaves
/// values open, and the one for all that no descriptor describes.
///
/// Limits: so many sets of values as the configuration says; the tenth that was used longest ago makes room for others.
///
/// Source: Envoy's local rate limits. Thread: any.
public final class LocalLimits {
    private static final int MAX_VALUE = 256;

    private final Config config;
    private final @Nullable TokenBucket standard;
    private final Map<List<Entry>, TokenBucket> exact = new HashMap<>();
    private final List<Wildcard> wildcards = new ArrayList<>();

    /// @param standard for what no descriptor describes
    /// @param standardAlways what a descriptor describes takes from it too
    /// @param mostValues sets of values that are kept of a descriptor that leaves values open
    public record Config(
            Optional<TokenBucket.Size> standard, boolean standardAlways, List<Limit> limits, int mostValues) {
        public Config {
            limits = List.copyOf(limits);
        }
    }

    /// @param entries an empty value stands for any
    public record Limit(List<Entry> entries, TokenBucket.Size size) {
        public Limit {
            entries = List.copyOf(entries);
        }

        boolean open() {
            return entries.stream().anyMatch(entry -> entry.value().isEmpty());
        }
    }

    /// @param bucket that decided; null: none did
    public record Verdict(boolean allowed, @Nullable TokenBucket bucket) {}

    private record Wildcard(Limit limit, Map<List<Entry>, TokenBucket> buckets) {
        boolean matches(List<Entry> entries) {
            List<Entry> wanted = limit.entries();
            if (wanted.size() != entries.size()) {
                return false;
            }
            for (int index = 0; index < wanted.size(); index++) {
                Entry one = wanted.get(index);
                boolean same = one.key().equals(entries.get(index).key())
                        && (one.value().isEmpty()
                                || one.value().equals(entries.get(index).value()));
                if (!same) {
                    return false;
                }
            }
            return true;
        }
    }

    public LocalLimits(Config config) {
        long now = System.nanoTime();
        this.config = config;
        this.standard =
                config.standard().map(size -> new TokenBucket(size, now)).orElse(null);
        for (Limit limit : config.limits()) {
            if (limit.open()) {
                wildcards.add(new Wildcard(limit, new ConcurrentHashMap<>()));
            } else {
                exact.put(limit.entries(), new TokenBucket(limit.size(), now));
            }
        }
    }

    /// Buckets as full as at first.
    public LocalLimits anew() {
        return new LocalLimits(config);
    }

    public boolean describes() {
        return !exact.isEmpty() || !wildcards.isEmpty();
    }

    /// Takes tokens of every bucket that a descriptor leads to, the slowest first, as far as they have some.
    public Verdict take(List<Descriptor> descriptors, long now) {
        List<Match> matches = matches(descriptors, now);
        for (int index = 0; index < matches.size(); index++) {
            Match match = matches.get(index);
            if (!match.bucket().tryTake(match.hits(), now)) {
                return new Verdict(false, match.bucket());
            }
        }
        TokenBucket first = matches.isEmpty() ? null : matches.getFirst().bucket();
        if (standard != null && (first == null || config.standardAlways())) {
            if (!standard.tryTake(1, now)) {
                return new Verdict(false, standard);
            }
            return new Verdict(true, first == null ? standard : first);
        }
        return new Verdict(true, first);
    }

    private record Match(TokenBucket bucket, long hits) {}

    private List<Match> matches(List<Descriptor> descriptors, long now) {
        if (descriptors.isEmpty()) {
            return List.of();
        }
        List<Match> matches = new ArrayList<>(descriptors.size());
        for (int index = 0; index < descriptors.size(); index++) {
            Descriptor descriptor = descriptors.get(index);
            TokenBucket bucket = bucket(descriptor.entries(), now);
            if (bucket != null) {
                matches.add(new Match(bucket, descriptor.hits() < 0 ? 1 : descriptor.hits()));
            }
        }
        if (matches.size() > 1) {
            matches.sort(
                    Comparator.comparingDouble(match -> match.bucket().size().perSecond()));
        }
        return matches;
    }

    private @Nullable TokenBucket bucket(List<Entry> entries, long now) {
        TokenBucket found = exact.get(entries);
        for (int index = 0; found == null && index < wildcards.size(); index++) {
            Wildcard wildcard = wildcards.get(index);
            if (wildcard.matches(entries)) {
                List<Entry> kept = kept(entries);
                found = wildcard.buckets().get(kept);
                if (found == null) {
                    found = add(wildcard, kept, now);
                }
            }
        }
        return found;
    }

    /// Clients choose the values: long ones are kept as their digests.
    private static List<Entry> kept(List<Entry> entries) {
        boolean isShort = true;
        for (int index = 0; isShort && index < entries.size(); index++) {
            isShort = entries.get(index).value().length() <= MAX_VALUE;
        }
        return isShort ? entries : entries.stream().map(LocalLimits::digested).toList();
    }

    private static Entry digested(Entry entry) {
        try {
            byte[] value = entry.value().getBytes(StandardCharsets.UTF_8);
            return new Entry(
                    entry.key(),
                    HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(value)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private TokenBucket add(Wildcard wildcard, List<Entry> entries, long now) {
        Map<List<Entry>, TokenBucket> buckets = wildcard.buckets();
        if (buckets.size() >= config.mostValues()) {
            makeRoom(buckets);
        }
        TokenBucket made = new TokenBucket(wildcard.limit().size(), now);
        TokenBucket other = buckets.putIfAbsent(entries, made);
        return other == null ? made : other;
    }

    private static void makeRoom(Map<List<Entry>, TokenBucket> buckets) {
        TokenBucket[] all = buckets.values().toArray(TokenBucket[]::new);
        if (all.length == 0) {
            return;
        }
        Arrays.sort(all, Comparator.comparingLong(TokenBucket::lastUse));
        long oldest = all[all.length / 10].lastUse();
        buckets.values().removeIf(bucket -> bucket.lastUse() <= oldest);
    }
}
