@NullMarked
package dev.lateen.net.socket;

import org.jspecify.annotations.NullMarked;
