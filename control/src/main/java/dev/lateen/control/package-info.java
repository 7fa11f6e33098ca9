/// The control plane process: sources, store, push, certificates, debug pages. Entry: `ControlPlane`.
@NullMarked
package dev.lateen.control;

import org.jspecify.annotations.NullMarked;
