/// What the mesh does to and for a Kubernetes cluster. Depends on the model only; whoever listens on a socket calls it.
@NullMarked
package dev.lateen.kubernetes;

import org.jspecify.annotations.NullMarked;
