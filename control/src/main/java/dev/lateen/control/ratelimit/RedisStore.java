package dev.lateen.control.ratelimit;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counters in Redis, for control planes that count together. Each question is one script, which Redis runs as a whole
/// by its own clock; a calendar turns by the control plane's. Counters go by themselves when they know nothing any
/// more.
///
/// Limits: a quarter of a second for an answer, then the counters count as unreachable. How much survives an end of
/// Redis is a matter of its own settings (`appendonly yes`).
///
/// Thread: any; blocks.
final class RedisStore implements LimitStore {
    private static final Logger LOG = LoggerFactory.getLogger(RedisStore.class);
    private static final String SCRIPT = "take.lua";
    private static final String PREFIX = "lateen:limit:";
    private static final char SEPARATOR = '\u001f';
    private static final Duration TIMEOUT = Duration.ofMillis(250);
    private static final long RECONNECT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int FIELDS = 5;

    private final RedisClient client;
    private final InstantSource clock;
    private final String script;
    private volatile @Nullable StatefulRedisConnection<String, String> connection;
    private volatile String digest = "";
    private long lastAttempt = System.nanoTime() - RECONNECT_NANOS;

    private RedisStore(RedisClient client, String script, InstantSource clock) {
        this.client = client;
        this.script = script;
        this.clock = clock;
    }

    /// Connects, now or once there is an answer.
    ///
    /// @param address such as `redis://host:6379`
    /// @throws IOException where the address is none
    static RedisStore open(String address, InstantSource clock) throws IOException {
        RedisURI uri;
        try {
            uri = RedisURI.create(address);
        } catch (IllegalArgumentException e) {
            throw new IOException("the address of Redis is none (expected: redis://HOST:PORT): " + e.getMessage(), e);
        }
        uri.setTimeout(TIMEOUT);
        RedisClient client = RedisClient.create(uri);
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .build());
        RedisStore store = new RedisStore(client, script(), clock);
        try {
            store.commands();
        } catch (StoreUnavailable e) {
            LOG.atWarn().setCause(e).log("Redis does not answer yet: limits of the mesh are not counted until it does");
        }
        return store;
    }

    private static String script() throws IOException {
        try (InputStream in = RedisStore.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IllegalStateException(SCRIPT + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private RedisCommands<String, String> commands() {
        StatefulRedisConnection<String, String> known = connection;
        return (known == null ? connect() : known).sync();
    }

    private synchronized StatefulRedisConnection<String, String> connect() {
        StatefulRedisConnection<String, String> known = connection;
        if (known != null) {
            return known;
        }
        if (System.nanoTime() - lastAttempt < RECONNECT_NANOS) {
            throw new StoreUnavailable("Redis did not answer a moment ago", new IllegalStateException("not connected"));
        }
        lastAttempt = System.nanoTime();
        try {
            StatefulRedisConnection<String, String> made = client.connect();
            digest = made.sync().scriptLoad(script);
            connection = made;
            return made;
        } catch (RedisException e) {
            throw new StoreUnavailable("Redis does not answer", e);
        }
    }

    @Override
    public Taken take(List<Take> takes, long ahead) {
        String[] keys = new String[takes.size()];
        List<String> arguments = new ArrayList<>(1 + takes.size() * FIELDS);
        arguments.add(Long.toString(ahead));
        for (int index = 0; index < keys.length; index++) {
            keys[index] = add(takes.get(index), arguments);
        }
        List<Long> answer = run(keys, arguments.toArray(String[]::new));
        List<LimitState> states = new ArrayList<>(keys.length);
        for (int index = 0; index < keys.length; index++) {
            states.add(new LimitState(
                    answer.get(1 + index * 3) == 1,
                    answer.get(2 + index * 3),
                    TimeUnit.MICROSECONDS.toNanos(answer.get(3 + index * 3))));
        }
        return new Taken(states, answer.getFirst());
    }

    /// Adds what the script is told of a counter: kind, limit, window, burst, hits.
    private String add(Take take, List<String> arguments) {
        String key = PREFIX
                + take.key().rule()
                + SEPARATOR
                + String.join(String.valueOf(SEPARATOR), take.key().values());
        long micros = TimeUnit.NANOSECONDS.toMicros(take.rule().window().toNanos());
        return switch (take.rule().algorithm()) {
            case TOKEN_BUCKET -> {
                arguments.addAll(fields("B", take, micros));
                yield key + SEPARATOR + "B";
            }
            case SLIDING_WINDOW -> {
                arguments.addAll(fields("S", take, micros));
                yield key + SEPARATOR + "S" + micros;
            }
            case CALENDAR -> {
                var calendar = take.rule().calendar().orElseThrow();
                long start = CalendarTurns.start(calendar, clock.millis());
                long end = CalendarTurns.end(calendar, start);
                arguments.addAll(fields("C", take, end));
                yield key + SEPARATOR + "C" + start + "-" + end;
            }
        };
    }

    private static List<String> fields(String kind, Take take, long window) {
        return List.of(
                kind,
                Long.toString(take.limit()),
                Long.toString(window),
                Long.toString(take.burst()),
                Long.toString(take.hits()));
    }

    private List<Long> run(String[] keys, String[] arguments) {
        RedisCommands<String, String> redis = commands();
        try {
            try {
                return redis.evalsha(digest, ScriptOutputType.MULTI, keys, arguments);
            } catch (RedisNoScriptException _) {
                return redis.eval(script, ScriptOutputType.MULTI, keys, arguments);
            }
        } catch (RedisException e) {
            throw new StoreUnavailable("Redis does not answer", e);
        }
    }

    private void forEach(String rule, Consumer<String> action) {
        String pattern = PREFIX + rule.replaceAll("([\\\\\\[\\]*?])", "\\\\$1") + SEPARATOR + "*";
        RedisCommands<String, String> redis = commands();
        try {
            KeyScanCursor<String> cursor = redis.scan(
                    ScanCursor.INITIAL, ScanArgs.Builder.matches(pattern).limit(1000));
            while (true) {
                cursor.getKeys().forEach(action);
                if (cursor.isFinished()) {
                    return;
                }
                cursor = redis.scan(cursor, ScanArgs.Builder.matches(pattern).limit(1000));
            }
        } catch (RedisException e) {
            throw new StoreUnavailable("Redis does not answer", e);
        }
    }

    /// The values, without the rule and what kind of counter it is.
    private static LimitKey key(String rule, String key) {
        String[] parts = key.split(String.valueOf(SEPARATOR), -1);
        List<String> values = Arrays.asList(parts).subList(1, parts.length - 1);
        return new LimitKey(rule, values.equals(List.of("")) ? List.of() : values);
    }

    @Override
    public List<Usage> usage(String rule, int atMost) {
        List<Usage> all = new ArrayList<>();
        long now = clock.millis();
        forEach(rule, key -> {
            String kind = key.substring(key.lastIndexOf(SEPARATOR) + 1);
            long until = kind.charAt(0) == 'C' ? Long.parseLong(kind.substring(kind.lastIndexOf('-') + 1)) : 0;
            if (until == 0 || until > now) {
                all.add(new Usage(key(rule, key), used(key, kind.charAt(0)), until));
            }
        });
        all.sort(Comparator.comparingLong(Usage::used).reversed());
        return List.copyOf(all.subList(0, Math.min(atMost, all.size())));
    }

    private long used(String key, char kind) {
        try {
            return switch (kind) {
                case 'C' ->
                    Optional.ofNullable(commands().get(key))
                            .map(Long::parseLong)
                            .orElse(0L);
                case 'B' ->
                    (long) Math.ceil(Optional.ofNullable(commands().hget(key, "m"))
                            .map(Double::parseDouble)
                            .orElse(0.0));
                default ->
                    commands().hvals(key).stream().mapToLong(Long::parseLong).sum();
            };
        } catch (RedisException e) {
            throw new StoreUnavailable("Redis does not answer", e);
        }
    }

    @Override
    public int reset(String rule, Optional<List<String>> values) {
        List<String> found = new ArrayList<>();
        forEach(rule, key -> {
            if (values.isEmpty() || key(rule, key).values().equals(values.get())) {
                found.add(key);
            }
        });
        try {
            found.forEach(key -> commands().del(key));
        } catch (RedisException e) {
            throw new StoreUnavailable("Redis does not answer", e);
        }
        return found.size();
    }

    /// All keys of that Redis, which may hold others.
    @Override
    public long size() {
        try {
            return commands().dbsize();
        } catch (RedisException | StoreUnavailable _) {
            return 0;
        }
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
