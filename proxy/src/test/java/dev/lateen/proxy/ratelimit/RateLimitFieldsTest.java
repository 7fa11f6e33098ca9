package dev.lateen.proxy.ratelimit;

import dev.lateen.proxy.config.FieldLists;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateLimitFieldsTest {
    @Test
    void everyFieldIsReadOrRefused() throws Exception {
        FieldLists.assertMatchesSchema(
                RateLimitDecoder.FIELDS,
                List.of(RateLimit.getDescriptor(), RateLimitPerRoute.getDescriptor()),
                "ratelimit",
                "route",
                "config");
    }

    @Test
    void everyFieldOfLocalLimitsIsReadOrRefused() throws Exception {
        FieldLists.assertMatchesSchema(
                LocalRateLimitDecoder.FIELDS, List.of(LocalRateLimit.getDescriptor()), "ratelimit", "route", "config");
    }

    @Test
    void everyFieldOfNetworkFiltersIsReadOrRefused() throws Exception {
        FieldLists.assertMatchesSchema(
                NetworkLimitDecoder.FIELDS,
                List.of(
                        io.envoyproxy.envoy.extensions.filters.network.ratelimit.v3.RateLimit.getDescriptor(),
                        io.envoyproxy.envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit
                                .getDescriptor()),
                "ratelimit",
                "route",
                "config");
    }
}
