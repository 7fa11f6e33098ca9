/// From discovered (and static) resources to what is in force: decoding, waiting until the tree is closed, swapping.
/// Entry: `SnapshotAssembler`; the stream to the control plane: `Discovery`.
@NullMarked
package dev.lateen.proxy.xds;

import org.jspecify.annotations.NullMarked;
