package dev.lateen.control.identity;

import dev.lateen.identity.SpiffeId;
import dev.lateen.xds.server.Proof;
import java.util.Optional;

/// Whose token it is, or why it proves nothing.
public sealed interface TokenVerdict extends Proof {
    /// @param pod that the token is bound to; empty where it is bound to none
    record Known(SpiffeId id, String pod) implements TokenVerdict {
        public Known(SpiffeId id) {
            this(id, "");
        }

        @Override
        public Optional<String> refusal() {
            return Optional.empty();
        }
    }

    /// @param reason for the caller; never holds the token
    record Unknown(String reason) implements TokenVerdict {
        @Override
        public Optional<String> refusal() {
            return Optional.of(reason);
        }
    }
}
