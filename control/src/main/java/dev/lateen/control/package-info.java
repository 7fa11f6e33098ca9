/// The control plane process: sources, store, push, CA service, debug API.
@NullMarked
package dev.lateen.control;

import org.jspecify.annotations.NullMarked;
