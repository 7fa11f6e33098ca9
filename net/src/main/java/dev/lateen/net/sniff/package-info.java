/// Looking at the first bytes of a connection without taking them: is it TLS (for which name), HTTP, or neither? Entry:
/// `SniffHandler`.
@NullMarked
package dev.lateen.net.sniff;

import org.jspecify.annotations.NullMarked;
