package dev.lateen.proxy.bootstrap;

import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.Node;

/// Makes a proxy ask where those of its own kind run, which balancing by zone needs to know. It asks only if it is told
/// to, as in Istio, since each change of its kind is sent to all of them.
///
/// Source: Istio, `ISTIO_META_ENABLE_SELF_DISCOVERY`.
final class SelfDiscovery {
    private static final String ASKED = "ENABLE_SELF_DISCOVERY";
    private static final String LOCAL_CLUSTER = "local_cluster";

    private SelfDiscovery() {}

    static Bootstrap resources(Node node) {
        Bootstrap.Builder resources = Bootstrap.newBuilder().setNode(node);
        Value asked = node.getMetadata().getFieldsOrDefault(ASKED, Value.getDefaultInstance());
        if (asked.getStringValue().equals("true") || asked.getBoolValue()) {
            resources.getClusterManagerBuilder().setLocalClusterName(LOCAL_CLUSTER);
            Cluster.Builder local = resources.getStaticResourcesBuilder().addClustersBuilder();
            local.setName(LOCAL_CLUSTER).setType(Cluster.DiscoveryType.EDS);
            local.getEdsClusterConfigBuilder()
                    .getEdsConfigBuilder()
                    .setResourceApiVersion(ApiVersion.V3)
                    .getAdsBuilder();
        }
        return resources.build();
    }
}
