/// What fields each kind has: the single source for reading names, validation, CRDs, explanations and completion.
/// Entry: `Schemas`.
@NullMarked
package dev.lateen.model.schema;

import org.jspecify.annotations.NullMarked;
