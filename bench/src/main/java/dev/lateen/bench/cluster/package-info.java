/// What a mesh costs in a cluster, by the accounting of the cluster itself.
@NullMarked
package dev.lateen.bench.cluster;

import org.jspecify.annotations.NullMarked;
