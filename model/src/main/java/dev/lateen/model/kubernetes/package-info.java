/// Kubernetes kinds as far as a mesh reads them. Entry: `Service`, `Pod`, `EndpointSlice`.
@NullMarked
package dev.lateen.model.kubernetes;

import org.jspecify.annotations.NullMarked;
