package dev.lateen.proxy.authz;

import dev.lateen.proxy.config.MetadataMatcher;
import java.util.Optional;

/// Which server decides about connections.
///
/// Source: envoy.extensions.filters.network.ext_authz.v3.ExtAuthz. Thread: any (immutable).
///
/// @param allows let the connection pass where the server does not answer
/// @param condition which connections are asked about; absent: all
/// @param serverName whether the server is told the name that TLS asked for
public record ConnectionAuthzConfig(
        String statPrefix,
        ExtAuthzConfig.Grpc service,
        boolean allows,
        Optional<MetadataMatcher> condition,
        boolean serverName) {}
