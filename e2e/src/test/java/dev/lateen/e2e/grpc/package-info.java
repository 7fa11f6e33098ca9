/// A gRPC server of one method, for tests of what the proxy asks by gRPC.
@NullMarked
package dev.lateen.e2e.grpc;

import org.jspecify.annotations.NullMarked;
