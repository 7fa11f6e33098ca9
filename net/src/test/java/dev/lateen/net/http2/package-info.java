@NullMarked
package dev.lateen.net.http2;

import org.jspecify.annotations.NullMarked;
