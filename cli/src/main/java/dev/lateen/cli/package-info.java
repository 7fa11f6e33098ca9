/// The command lateen (and istioctl).
@NullMarked
package dev.lateen.cli;

import org.jspecify.annotations.NullMarked;
