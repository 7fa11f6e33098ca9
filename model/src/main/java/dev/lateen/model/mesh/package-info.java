/// The mesh as a whole at one moment, and what of it one proxy may see. Entry: `SnapshotBuilder`, `ScopeResolver`.
@NullMarked
package dev.lateen.model.mesh;

import org.jspecify.annotations.NullMarked;
