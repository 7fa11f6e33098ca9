/// This process's own talk with the control plane: the discovery stream and the workload's certificate. Runs on the
/// chores loop, never on the data path's. Entry: `DiscoveryStream`, `IdentityDuty`.
@NullMarked
package dev.lateen.proxy.control;

import org.jspecify.annotations.NullMarked;
