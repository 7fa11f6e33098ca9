/// Who a workload is and how it proves it: SPIFFE ids, keys, CSRs, certificates.
@NullMarked
package dev.lateen.identity;

import org.jspecify.annotations.NullMarked;
