/// Our proxy beside Envoy, HAProxy and nginx: the same configuration, the same load, one run. Entry: `SideBySide`.
@NullMarked
package dev.lateen.bench.sidebyside;

import org.jspecify.annotations.NullMarked;
