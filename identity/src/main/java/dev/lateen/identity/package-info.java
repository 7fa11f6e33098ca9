/// Who a workload is and how it proves it: SPIFFE ids, keys, requests, certificates. Uses the JDK only, so that a
/// sidecar loads nothing else; the authority that signs lives in `dev.lateen.identity.ca`. Entry:
/// `WorkloadCertificate`.
@NullMarked
package dev.lateen.identity;

import org.jspecify.annotations.NullMarked;
