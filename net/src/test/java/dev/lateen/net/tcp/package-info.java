@NullMarked
package dev.lateen.net.tcp;

import org.jspecify.annotations.NullMarked;
