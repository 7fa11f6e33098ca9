/// Keeps the house in order: the arrows between modules, names, sizes, and documents that name what exists.
@NullMarked
package dev.lateen.e2e.house;

import org.jspecify.annotations.NullMarked;
