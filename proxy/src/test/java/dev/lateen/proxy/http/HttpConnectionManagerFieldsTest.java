package dev.lateen.proxy.http;

import dev.lateen.proxy.config.FieldLists;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

class HttpConnectionManagerFieldsTest {
    @Test
    void everyFieldIsReadOrRefused() throws Exception {
        FieldLists.assertMatchesSchema(
                HttpConnectionManagerFields.LIST,
                List.of(HttpConnectionManager.getDescriptor(), UuidRequestIdConfig.getDescriptor()),
                "http",
                "tracing",
                "config",
                "listener",
                "route");
    }
}
