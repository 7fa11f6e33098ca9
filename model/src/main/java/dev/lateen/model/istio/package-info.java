/// Istio's kinds as immutable records, each with the place that it came from. The trees they are bound from have been
/// checked by the schema. Entry: `Binding`.
@NullMarked
package dev.lateen.model.istio;

import org.jspecify.annotations.NullMarked;
