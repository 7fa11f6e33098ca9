/// Kubernetes' Ingress objects, and the Gateways and VirtualServices that they stand for. Entry: `Ingresses`.
@NullMarked
package dev.lateen.model.ingress;

import org.jspecify.annotations.NullMarked;
