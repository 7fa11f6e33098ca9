/// Sheds load before memory, connections or another resource runs out. Entry: `Overload`, which reads how scarce each
/// resource is and says what to refuse; `Admission` decides on new connections.
@NullMarked
package dev.lateen.proxy.overload;

import org.jspecify.annotations.NullMarked;
