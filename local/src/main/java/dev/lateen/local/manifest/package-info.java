/// Reads what of the Kubernetes manifests matters for running them here, and writes what a cluster would have added
/// (pods with their status, the gateway's workload). Entry: `Manifests`.
@NullMarked
package dev.lateen.local.manifest;

import org.jspecify.annotations.NullMarked;
