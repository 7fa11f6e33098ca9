/// The custom resource definitions that a cluster needs, generated from the model's schema. Entry: ResourceDefinitions.
@NullMarked
package dev.lateen.kubernetes.crd;

import org.jspecify.annotations.NullMarked;
