/// Finds out what is wrong with a workload of a cluster, from objects and debug pages that were read before: no class
/// here asks anybody. Entry: ChainCheck, InjectionAnswers, Description.
@NullMarked
package dev.lateen.cli.diagnosis;

import org.jspecify.annotations.NullMarked;
