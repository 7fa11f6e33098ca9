package dev.lateen.e2e.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A quota outlives every process that takes part in it.
class QuotaSurvivalIT {
    private static final long QUOTA = 2000;
    /// A thousandth of the quota, for each proxy.
    private static final long LEASE = 2;

    private static final int PROXIES = 2;
    private static final int MOST_ROUNDS = 60;

    @TempDir
    Path state;

    private static RunningProxy proxy(int service) throws Exception {
        Bootstrap bootstrap = new Bootstrap();
        return DataPlane.LATEEN.start(bootstrap
                .cluster("limits", Bootstrap.HTTP2, service)
                .cluster("origin", bootstrap.ports().of("origin"))
                .http("origin", "{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: ok}}}")
                .http("limited", "", """
                        {name: envoy.filters.http.ratelimit, typed_config: {
                          "@type": type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit, domain: lateen, timeout: 2s,
                          failure_mode_deny: true, rate_limit_service: {transport_api_version: V3, grpc_service: {envoy_grpc: {cluster_name: limits}}}}},""", """
                        {match: {prefix: /}, route: {cluster: origin, rate_limits: [
                          {actions: [{generic_key: {descriptor_key: rule, descriptor_value: %s}}]}]}}""".formatted(LimitServer.QUOTA)));
    }

    /// Starts all, sends requests, and kills all without a word.
    /// @param toTheEnd until requests are refused; else for two seconds
    private long admittedUntilKilled(boolean toTheEnd) throws Exception {
        List<RunningProxy> proxies = new ArrayList<>();
        try (LimitServer server = LimitServer.start(state, 0, QUOTA)) {
            for (int index = 0; index < PROXIES; index++) {
                proxies.add(proxy(server.port()));
            }
            List<Integer> ports =
                    proxies.stream().map(proxy -> proxy.port("limited")).toList();
            SteadyLoad.Result result = SteadyLoad.run(ports, 400, 0, 2);
            long admitted = result.admittedInAll();
            for (int round = 0; toTheEnd && result.admitted() == result.offered() && round < MOST_ROUNDS; round++) {
                result = SteadyLoad.run(ports, 2000, 0, 1);
                admitted += result.admittedInAll();
            }
            return admitted;
        } finally {
            proxies.forEach(RunningProxy::close);
        }
    }

    @Test
    void losesNoMoreThanALeaseWhenEveryProcessIsKilled() throws Exception {
        long first = admittedUntilKilled(false);
        assertThat(first).isBetween(1L, QUOTA / 2);
        long second = admittedUntilKilled(true);
        assertThat(first + second).isBetween(QUOTA - 2 * PROXIES * LEASE, QUOTA + LEASE);
    }
}
