package dev.lateen.proxy.listener;

import dev.lateen.proxy.config.FieldLists;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenerFieldsTest {
    @Test
    void everyFieldIsReadOrRefused() throws Exception {
        FieldLists.assertMatchesSchema(
                ListenerDecoder.FIELDS,
                List.of(Listener.getDescriptor(), ProxyProtocol.getDescriptor()),
                "listener",
                "config",
                "tls");
    }
}
