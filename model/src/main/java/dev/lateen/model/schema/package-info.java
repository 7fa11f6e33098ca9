/// What fields each kind has: the single source for reading names, validation, CRDs, explanations and completion.
/// Entry: `Schemas`.
///
/// The schema stands in `schema/*.yaml` among the resources, one kind a file, one field a line:
/// `name: TYPE WORDS; What it is for.` TYPE is `string`, `int`, `uint`, `float`, `bool`, `duration`, `bytes`,
/// `int-or-string`, `object` (any mapping), `any`, `enum(A|B=5)`, the name of another type, `TYPE[]` or `map(TYPE)`.
/// WORDS are `required`, `deprecated`, `extension`, `oneof=GROUP`, `default=VALUE`, `min=N`, `max=N`.
@NullMarked
package dev.lateen.model.schema;

import org.jspecify.annotations.NullMarked;
