/// How commands reach control planes and proxies: those of meshes on this machine, and those in a cluster. Entry:
/// MeshAccess.
@NullMarked
package dev.lateen.cli.mesh;

import org.jspecify.annotations.NullMarked;
