package dev.lateen.proxy.cluster;

import dev.lateen.proxy.config.FieldLists;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterFieldsTest {
    @Test
    void everyFieldIsReadOrRefused() throws Exception {
        FieldLists.assertMatchesSchema(
                ClusterFields.CLUSTERS,
                List.of(
                        Cluster.getDescriptor(),
                        HttpProtocolOptions.getDescriptor(),
                        ProxyProtocolUpstreamTransport.getDescriptor()),
                "cluster",
                "config",
                "health",
                "tls");
    }
}
