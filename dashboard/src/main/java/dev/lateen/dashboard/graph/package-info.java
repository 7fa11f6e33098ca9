/// From traffic and the mesh's inventory to the graph that a page draws. Entry: `GraphBuilder`.
@NullMarked
package dev.lateen.dashboard.graph;

import org.jspecify.annotations.NullMarked;
