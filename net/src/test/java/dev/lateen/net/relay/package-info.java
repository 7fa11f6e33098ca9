@NullMarked
package dev.lateen.net.relay;

import org.jspecify.annotations.NullMarked;
