/// Workloads that register themselves by a WorkloadGroup. Entry: `Registrations`.
@NullMarked
package dev.lateen.control.workload;

import org.jspecify.annotations.NullMarked;
