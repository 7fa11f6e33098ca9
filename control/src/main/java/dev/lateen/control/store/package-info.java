/// The last good version of every resource, and what is wrong with the rest. Entry: `ResourceStore`.
@NullMarked
package dev.lateen.control.store;

import org.jspecify.annotations.NullMarked;
