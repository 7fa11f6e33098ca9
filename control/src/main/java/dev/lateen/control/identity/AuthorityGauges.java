package dev.lateen.control.identity;

import dev.lateen.identity.ca.RotationStatus;
import java.time.Instant;

/// Hears how the authority stands.
///
/// Thread: any.
public interface AuthorityGauges {
    /// @param serverExpiry of the control plane's own certificate
    void authority(RotationStatus status, Instant serverExpiry);
}
