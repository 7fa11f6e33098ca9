/// What became of each resource: how it was read, what it refers to in vain, what of it has no effect, and on which
/// proxies it is in force. Entry: `Findings`.
@NullMarked
package dev.lateen.control.status;

import org.jspecify.annotations.NullMarked;
