/// The proxy's end of the aggregated discovery service, on `net`'s small gRPC client: no grpc-java here, since a
/// sidecar loads it. Entry: `AdsClient`, `CertificateClient`.
@NullMarked
package dev.lateen.xds.client;

import org.jspecify.annotations.NullMarked;
