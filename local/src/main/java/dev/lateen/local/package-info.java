/// A mesh on one machine: runs workloads, sidecars and gateways as processes.
@NullMarked
package dev.lateen.local;

import org.jspecify.annotations.NullMarked;
