@NullMarked
package dev.lateen.net.http1;

import org.jspecify.annotations.NullMarked;
