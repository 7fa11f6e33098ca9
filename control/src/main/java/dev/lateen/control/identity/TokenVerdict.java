package dev.lateen.control.identity;

import dev.lateen.identity.SpiffeId;

/// Whose token it is, or why it proves nothing.
public sealed interface TokenVerdict {
    record Known(SpiffeId id) implements TokenVerdict {}

    /// @param reason for the caller; never holds the token
    record Unknown(String reason) implements TokenVerdict {}
}
