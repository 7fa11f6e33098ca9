package dev.lateen.proxy.ratelimit;

import dev.lateen.proxy.config.FieldLists;
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
}
