package dev.lateen.proxy.cluster;

import dev.lateen.proxy.health.HealthCheckConfig;
import java.util.Optional;

/// What a cluster does to know that its hosts are well.
///
/// @param waitsForChecks whether it is warm only when each of its first hosts has been checked
/// @param dropsHealthyHosts whether hosts that discovery leaves out go at once, though their checks are good
public record HealthSettings(Optional<HealthCheckConfig> check, boolean waitsForChecks, boolean dropsHealthyHosts) {
    public static final HealthSettings NONE = new HealthSettings(Optional.empty(), true, false);
}
