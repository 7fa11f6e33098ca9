/// The same generated configuration and the same generated requests for our proxy and for real Envoy: what upstreams
/// saw, what clients got and what access logs say has to be the same.
@NullMarked
package dev.lateen.e2e.differential;

import org.jspecify.annotations.NullMarked;
