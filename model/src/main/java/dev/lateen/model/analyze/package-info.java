/// Looks over a whole mesh for what each resource by itself cannot show, and says it in Istio's messages and codes.
/// Entry: `MeshAnalysis`. One analyzer is one function of what there is: no I/O, no clock.
@NullMarked
package dev.lateen.model.analyze;

import org.jspecify.annotations.NullMarked;
