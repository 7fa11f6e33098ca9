/// The two ways in which the traffic of a pod gets into its proxy. Entry: `Capture`.
@NullMarked
package dev.lateen.local.capture;

import org.jspecify.annotations.NullMarked;
