/// Asks containers how they are, as a kubelet does. Entry: `Prober`.
@NullMarked
package dev.lateen.local.probe;

import org.jspecify.annotations.NullMarked;
