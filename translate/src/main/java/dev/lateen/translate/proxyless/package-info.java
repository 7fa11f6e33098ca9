/// What is left of finished xDS resources for applications whose gRPC library speaks xDS itself: only fields that the
/// library takes, in the forms in which it takes them, since a field that it does not know makes it refuse the whole.
/// Entry: `ClientListeners`, `ServerListeners`. Knows nothing of the mesh, so that `translate` may use it.
@NullMarked
package dev.lateen.translate.proxyless;

import org.jspecify.annotations.NullMarked;
