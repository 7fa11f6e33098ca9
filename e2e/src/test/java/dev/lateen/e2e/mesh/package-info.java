/// Whole meshes: control plane, proxies and applications as processes of their own.
@NullMarked
package dev.lateen.e2e.mesh;

import org.jspecify.annotations.NullMarked;
