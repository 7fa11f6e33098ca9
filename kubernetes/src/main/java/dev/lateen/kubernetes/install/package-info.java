/// What an installation puts into a cluster. Entry: MeshManifests, Installation.
@NullMarked
package dev.lateen.kubernetes.install;

import org.jspecify.annotations.NullMarked;
