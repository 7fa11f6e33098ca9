package dev.lateen.translate;

import dev.lateen.model.mesh.MeshConfig;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;

/// References to secrets, which travel apart from what uses them.
final class Sds {
    /// The agent beside the proxy, which holds the workload's own key.
    private static final ConfigSource AGENT = ConfigSource.newBuilder()
            .setApiConfigSource(ApiConfigSource.newBuilder()
                    .setApiType(ApiConfigSource.ApiType.GRPC)
                    .setTransportApiVersion(ApiVersion.V3)
                    .setSetNodeOnFirstMessageOnly(true)
                    .addGrpcServices(GrpcService.newBuilder()
                            .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder().setClusterName("sds-grpc"))))
            .setInitialFetchTimeout(Protos.ZERO)
            .setResourceApiVersion(ApiVersion.V3)
            .build();

    private static final ConfigSource CONTROL_PLANE = ConfigSource.newBuilder()
            .setAds(io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource.getDefaultInstance())
            .setResourceApiVersion(ApiVersion.V3)
            .build();

    private Sds() {}

    static SdsSecretConfig workload(String name) {
        return SdsSecretConfig.newBuilder().setName(name).setSdsConfig(AGENT).build();
    }

    /// Whom the mesh's workloads trust: who signs for them alone, or each trust domain's authorities for its own names.
    static SdsSecretConfig trusted(MeshConfig mesh) {
        return mesh.identity().anchors().isEmpty() ? workload("ROOTCA") : ads(TrustSecret.NAME);
    }

    /// A key or a root in a file, which the agent reads and watches.
    static SdsSecretConfig file(String name) {
        return SdsSecretConfig.newBuilder()
                .setName(name)
                .setSdsConfig(AGENT.toBuilder().clearInitialFetchTimeout())
                .build();
    }

    /// From the control plane, for certificates of gateways.
    static SdsSecretConfig ads(String name) {
        return SdsSecretConfig.newBuilder()
                .setName(name)
                .setSdsConfig(CONTROL_PLANE)
                .build();
    }
}
