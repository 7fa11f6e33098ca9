@NullMarked
package dev.lateen.net.tls;

import org.jspecify.annotations.NullMarked;
