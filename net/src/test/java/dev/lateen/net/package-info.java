@NullMarked
package dev.lateen.net;

import org.jspecify.annotations.NullMarked;
