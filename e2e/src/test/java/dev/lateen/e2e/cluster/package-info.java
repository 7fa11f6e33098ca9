/// The mesh in a real Kubernetes cluster, whichever `KUBECONFIG` names. Run by `./dev cluster`.
@NullMarked
package dev.lateen.e2e.cluster;

import org.jspecify.annotations.NullMarked;
