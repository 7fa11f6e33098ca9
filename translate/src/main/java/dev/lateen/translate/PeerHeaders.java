package dev.lateen.translate;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;

/// How upstream Envoy tells servers of the mesh which workload it serves: by filters of their clusters, since its
/// listeners do not know yet where a request goes. The texts come from Envoy's environment, where its agent puts
/// them, so that proxies of different workloads can have the same clusters.
final class PeerHeaders {
    private static final String CODEC =
            "type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec";

    /// For a cluster, whose last filter has to be the codec.
    static final List<HttpFilter> FILTERS = List.of(
            HttpFilter.newBuilder()
                    .setName("envoy.filters.http.header_mutation")
                    .setTypedConfig(Protos.any(
                            io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation.newBuilder()
                                    .setMutations(Mutations.newBuilder()
                                            .addRequestMutations(
                                                    header("x-envoy-peer-metadata", "LATEEN_PEER_METADATA"))
                                            .addRequestMutations(header("x-envoy-peer-metadata-id", "LATEEN_PEER_ID")))
                                    .build()))
                    .build(),
            HttpFilter.newBuilder()
                    .setName("envoy.filters.http.upstream_codec")
                    .setTypedConfig(Any.newBuilder().setTypeUrl(CODEC))
                    .build());

    private PeerHeaders() {}

    private static HeaderMutation header(String name, String variable) {
        return HeaderMutation.newBuilder()
                .setAppend(HeaderValueOption.newBuilder()
                        .setHeader(HeaderValue.newBuilder().setKey(name).setValue("%ENVIRONMENT(" + variable + ")%"))
                        .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD))
                .build();
    }
}
