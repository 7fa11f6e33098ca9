package dev.lateen.identity.ca;

/// How far the replacement of the root has come.
public enum RotationPhase {
    /// One root, which signs.
    STEADY,
    /// Workloads are told to trust the new root beside the old one, which still signs.
    TRUST,
    /// The new root signs; both are trusted, since certificates of the old one are still in use.
    SIGN
}
