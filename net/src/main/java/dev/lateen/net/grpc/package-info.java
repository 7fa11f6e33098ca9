/// A small gRPC client over any `ClientConnection`, for what a proxy calls itself: its control plane, its CA,
/// access-log and authorization services. Messages are byte arrays; whoever calls encodes and decodes them. Entry:
/// `GrpcClient`.
@NullMarked
package dev.lateen.net.grpc;

import org.jspecify.annotations.NullMarked;
