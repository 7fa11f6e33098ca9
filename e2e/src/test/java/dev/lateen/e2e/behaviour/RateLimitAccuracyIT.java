package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How exactly limits hold under ten times the load that they admit, from four proxies. `./dev limits` runs it at full
/// rate and for longer.
class RateLimitAccuracyIT {
    private static final double RATE = Double.parseDouble(System.getProperty("lateen.limits.rate", "3000"));
    private static final double SECONDS = Double.parseDouble(System.getProperty("lateen.limits.seconds", "5"));
    private static final long LIMIT = Math.round(RATE / 10);
    private static final double WINDOW_SLACK =
            Double.parseDouble(System.getProperty("lateen.limits.window-slack", "0.08"));
    private static final double LOCAL_SLACK =
            Double.parseDouble(System.getProperty("lateen.limits.local-slack", "0.03"));
    private static final int PROXIES = 4;
    private static final int ATTEMPTS = 3;
    /// As many times the limit must be offered, or nothing is shown.
    private static final double ENOUGH = 5;

    @TempDir
    static Path state;

    private static LimitServer server;
    private static final List<RunningProxy> proxies = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        server = LimitServer.start(state, 0, LIMIT);
        for (int index = 0; index < PROXIES; index++) {
            proxies.add(DataPlane.LATEEN.start(bootstrap()));
        }
        // A cold JVM offers too little to empty the buckets.
        for (String listener : List.of("bucket", "window", "local")) {
            SteadyLoad.run(ports(proxies, listener), RATE, 0, 3);
        }
    }

    private static Bootstrap bootstrap() {
        Bootstrap bootstrap = new Bootstrap();
        return bootstrap
                .cluster("limits", Bootstrap.HTTP2, server.port())
                .cluster("origin", bootstrap.ports().of("origin"))
                .http("origin", "{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: ok}}}")
                .http("bucket", "", MESH_WIDE, by(LimitServer.BUCKET))
                .http("window", "", MESH_WIDE, by(LimitServer.WINDOW))
                .http("quota", "", MESH_WIDE, by(LimitServer.QUOTA))
                .http("local", "", LOCAL, "{match: {prefix: /}, route: {cluster: origin}}");
    }

    private static final String MESH_WIDE = """
            {name: envoy.filters.http.ratelimit, typed_config: {
              "@type": type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit, domain: lateen, timeout: 2s,
              failure_mode_deny: true, rate_limit_service: {transport_api_version: V3, grpc_service: {envoy_grpc: {cluster_name: limits}}}}},""";

    private static final String LOCAL = """
            {name: envoy.filters.http.local_ratelimit, typed_config: {
              "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit, stat_prefix: local,
              token_bucket: {max_tokens: %d, tokens_per_fill: %d, fill_interval: 1s},
              filter_enabled: {default_value: {numerator: 100}}, filter_enforced: {default_value: {numerator: 100}}}},""".formatted(LIMIT, LIMIT);

    private static String by(String rule) {
        return """
                {match: {prefix: /}, route: {cluster: origin, rate_limits: [
                  {actions: [{generic_key: {descriptor_key: rule, descriptor_value: %s}}]}]}}""".formatted(rule);
    }

    @AfterAll
    static void stop() {
        proxies.forEach(RunningProxy::close);
        server.close();
    }

    private static List<Integer> ports(List<RunningProxy> of, String listener) {
        return of.stream().map(proxy -> proxy.port(listener)).toList();
    }

    private static SteadyLoad.Result load(List<RunningProxy> through, String listener) throws Exception {
        SteadyLoad.Result result = SteadyLoad.run(ports(through, listener), RATE, 2, SECONDS);
        for (int attempt = 1; attempt < ATTEMPTS && result.offeredRate() < ENOUGH * LIMIT; attempt++) {
            result = SteadyLoad.run(ports(through, listener), RATE, 2, SECONDS);
        }
        System.out.printf(
                "%s: %.0f requests/s offered, %.1f admitted, limit %d (%+.2f %%)%n",
                listener,
                result.offeredRate(),
                result.admittedRate(),
                LIMIT,
                100 * (result.admittedRate() / LIMIT - 1));
        assumeTrue(
                result.offeredRate() >= ENOUGH * LIMIT,
                "SKIPPED: this machine is too busy to offer more than " + Math.round(result.offeredRate())
                        + " requests/s");
        return result;
    }

    private static long asked() throws Exception {
        long asked = 0;
        for (RunningProxy proxy : proxies) {
            String stats = proxy.client("admin")
                    .get("/stats?filter=ratelimit.service_calls")
                    .body();
            asked += Long.parseLong(stats.strip().replaceAll(".*: ", ""));
        }
        return asked;
    }

    @Test
    void admitsWhatABucketOfTheMeshHolds() throws Exception {
        long before = asked();
        double admitted = load(proxies, "bucket").admittedRate();
        // On a busy machine room is given back and taken in larger steps.
        assertThat(admitted)
                .isCloseTo(
                        LIMIT, within(Double.parseDouble(System.getProperty("lateen.limits.slack", "0.05")) * LIMIT));
        System.out.printf("the service was asked %.0f times a second%n", (asked() - before) / (SECONDS + 2));
    }

    @Test
    void admitsWhatAWindowOfTheMeshHolds() throws Exception {
        // Never more; on a busy machine less, by as much as room is taken later than it is there.
        assertThat(load(proxies, "window").admittedRate()).isBetween((1 - WINDOW_SLACK) * LIMIT, 1.02 * LIMIT);
    }

    @Test
    void admitsWhatALocalBucketHolds() throws Exception {
        assertThat(load(proxies.subList(0, 1), "local").admittedRate()).isCloseTo(LIMIT, within(LOCAL_SLACK * LIMIT));
    }
}
