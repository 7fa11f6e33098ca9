package dev.lateen.xds.server;

import java.util.Optional;

/// What a caller has proved, or why it has proved nothing. Whoever checks callers knows more of it than this module.
///
/// Thread: any (immutable).
public interface Proof {
    /// Of a caller that nobody has asked for any.
    Proof NONE = Optional::empty;

    /// Why the caller is turned away, in words for it; empty where it may go on. Never holds what it showed.
    Optional<String> refusal();
}
