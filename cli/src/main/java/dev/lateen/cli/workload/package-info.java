/// What machines outside of any platform are given to join a mesh. Entry: `MachineSetup`.
@NullMarked
package dev.lateen.cli.workload;

import org.jspecify.annotations.NullMarked;
