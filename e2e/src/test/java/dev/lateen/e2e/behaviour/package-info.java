/// What a data plane does on the wire, asked of ours and of real Envoy with the same configuration.
///
/// Entry: `DataPlane` starts one; every test class runs once for each. Where the two differ the test states both, and
/// `docs/differences.md` gives the reason.
@NullMarked
package dev.lateen.e2e.behaviour;

import org.jspecify.annotations.NullMarked;
