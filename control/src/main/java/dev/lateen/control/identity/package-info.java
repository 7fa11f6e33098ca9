/// Who may have which certificate, and the control plane's own. Entry: `WorkloadSigner`, `JoinTokens`.
@NullMarked
package dev.lateen.control.identity;

import org.jspecify.annotations.NullMarked;
