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

    @TempDir
    Path state;

    private static RunningProxy proxy(int service) throws Exception {
        Bootstrap bootstrap = new Bootstrap();
        return DataPlane.LATEEN.start(bootstrap
                .cluster("limits", """
                        connect_timeout: 1s, typed_extension_protocol_options: {envoy.extensions.upstreams.http.v3.HttpProtocolOptions: {
                          "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,
                          explicit_http_config: {http2_protocol_options: {}}}}""", service)
                .cluster("origin", bootstrap.ports().of("origin"))
                .http("origin", "{match: {prefix: /}, direct_response: {status: 200, body: {inline_string: ok}}}")
                .http("limited", "", """
                        {name: envoy.filters.http.ratelimit, typed_config: {
                          "@type": type.googleapis.com/envoy.extensions.filters.http.ratelimit.v3.RateLimit, domain: lateen, timeout: 2s,
                          failure_mode_deny: true, rate_limit_service: {transport_api_version: V3, grpc_service: {envoy_grpc: {cluster_name: limits}}}}},""", """
                        {match: {prefix: /}, route: {cluster: origin, rate_limits: [
                          {actions: [{generic_key: {descriptor_key: rule, descriptor_value: %s}}]}]}}""".formatted(LimitServer.QUOTA)));
    }

    /// Starts all, sends requests, and kills all while requests are on their way.
    private long admittedUntilKilled(double rate, double seconds) throws Exception {
        List<RunningProxy> proxies = new ArrayList<>();
        try (LimitServer server = LimitServer.start(state, 0, QUOTA)) {
            for (int index = 0; index < PROXIES; index++) {
                proxies.add(proxy(server.port()));
            }
            return SteadyLoad.run(
                            proxies.stream().map(proxy -> proxy.port("limited")).toList(), rate, 0, seconds)
                    .admitted();
        } finally {
            proxies.forEach(RunningProxy::close);
        }
    }

    @Test
    void losesNoMoreThanALeaseWhenEveryProcessIsKilled() throws Exception {
        long first = admittedUntilKilled(500, 2);
        assertThat(first).isBetween(500L, 1100L);
        long second = admittedUntilKilled(2000, 3);
        assertThat(first + second).isBetween(QUOTA - 2 * PROXIES * LEASE, QUOTA + LEASE);
    }
}
