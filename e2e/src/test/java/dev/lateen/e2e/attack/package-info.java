/// Attacks with real bytes on the ports of the control plane and of the proxy: whoever attacks is refused, that is
/// seen in numbers, memory stays within its bounds, and others are served meanwhile. `SECURITY.md` says which test
/// holds which defence.
@NullMarked
package dev.lateen.e2e.attack;

import org.jspecify.annotations.NullMarked;
