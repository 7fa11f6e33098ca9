/// Child processes that never outlive us. Entry: `Children`. Knows nothing of meshes.
@NullMarked
package dev.lateen.local.process;

import org.jspecify.annotations.NullMarked;
