/// Parsed YAML or JSON as immutable nodes that know where they stand in their file. Entry: `Node`.
@NullMarked
package dev.lateen.model.tree;

import org.jspecify.annotations.NullMarked;
