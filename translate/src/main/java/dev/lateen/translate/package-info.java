/// A pure function: what one proxy may see to its xDS resources.
@NullMarked
package dev.lateen.translate;

import org.jspecify.annotations.NullMarked;
