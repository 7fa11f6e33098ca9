@NullMarked
package dev.lateen.net.http;

import org.jspecify.annotations.NullMarked;
