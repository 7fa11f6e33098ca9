/// Puts the HTTP codec of the right version onto a channel. Entry: `HttpCodecs`.
@NullMarked
package dev.lateen.net.codec;

import org.jspecify.annotations.NullMarked;
