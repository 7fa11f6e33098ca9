@NullMarked
package dev.lateen.net.sniff;

import org.jspecify.annotations.NullMarked;
