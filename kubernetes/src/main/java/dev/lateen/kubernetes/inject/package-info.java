/// Gives pods their sidecar: whether, and what changes in them. Pure functions of the pod, its namespace and settings.
/// Entry: SidecarInjector for one pod, ManifestInjector for files, InjectionPolicy for the decision.
@NullMarked
package dev.lateen.kubernetes.inject;

import org.jspecify.annotations.NullMarked;
