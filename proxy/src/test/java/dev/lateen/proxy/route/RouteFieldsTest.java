package dev.lateen.proxy.route;

import dev.lateen.proxy.config.FieldLists;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteFieldsTest {
    @Test
    void everyFieldIsReadOrRefused() throws Exception {
        FieldLists.assertMatchesSchema(
                RouteFields.LIST,
                List.of(RouteConfiguration.getDescriptor(), FilterConfig.getDescriptor()),
                "route",
                "config");
    }
}
