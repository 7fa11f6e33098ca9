/// What is seen of a mesh: the numbers of its proxies as a graph over time, and the pages that show it. Knows no
/// network and no clock: who collects and who serves is the control plane. Entry: `History`, `GraphBuilder`,
/// `Assets`.
@NullMarked
package dev.lateen.dashboard;

import org.jspecify.annotations.NullMarked;
