/// What the control plane does with a Kubernetes cluster: reads the mesh from it, keeps its authority there, tells
/// namespaces and API servers whom to trust. Entry: ClusterSource, ClusterDuties. Only `ControlPlane` uses it.
@NullMarked
package dev.lateen.control.cluster;

import org.jspecify.annotations.NullMarked;
