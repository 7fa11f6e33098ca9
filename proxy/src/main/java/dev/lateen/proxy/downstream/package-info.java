/// A client's connection as what serves it sees it. Entry: `DownstreamConnection`; what serves: `ChainHandler`.
@NullMarked
package dev.lateen.proxy.downstream;

import org.jspecify.annotations.NullMarked;
