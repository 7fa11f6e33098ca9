/// The serving end of the aggregated discovery service: state of the world and delta on one core, over grpc-java.
/// Used by the control plane only; a sidecar never loads it. Entry: `AdsService` (the protocol), `GrpcListener` (a
/// port).
@NullMarked
package dev.lateen.xds.server;

import org.jspecify.annotations.NullMarked;
