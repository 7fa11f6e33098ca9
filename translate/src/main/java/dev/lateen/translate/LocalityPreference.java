package dev.lateen.translate;

import dev.lateen.model.istio.TrafficPolicy.LoadBalancer;
import dev.lateen.model.istio.TrafficPolicy.LocalityLb;
import dev.lateen.model.istio.TrafficPolicy.ZoneAwareLb;
import dev.lateen.model.mesh.MeshConfig.Nearness;
import dev.lateen.model.mesh.TrafficDistribution;
import java.util.Optional;

/// Which of the settings that prefer near endpoints holds: the rule's own, whichever it is, else the service's, else
/// the mesh's, where that of zones goes first. One that is turned off leaves no room for the next.
sealed interface LocalityPreference {
    enum Off implements LocalityPreference {
        INSTANCE
    }

    record ByLocality(LocalityLb setting) implements LocalityPreference {}

    /// What a service says of itself, with or without outlier detection.
    record ByDistribution(TrafficDistribution distribution) implements LocalityPreference {}

    record ByZone(ZoneAwareLb setting) implements LocalityPreference {}

    static LocalityPreference of(Optional<LoadBalancer> rule, Optional<TrafficDistribution> service, Nearness mesh) {
        return rule.flatMap(own -> of(own.locality(), own.zoneAware()))
                .or(() -> service.filter(distribution -> distribution != TrafficDistribution.ANY)
                        .map(ByDistribution::new))
                .or(() -> of(mesh.locality(), mesh.zoneAware()))
                .orElse(Off.INSTANCE);
    }

    private static Optional<LocalityPreference> of(Optional<LocalityLb> locality, Optional<ZoneAwareLb> zones) {
        Optional<LocalityPreference> byZone =
                zones.map(zone -> zone.enabled().orElse(true) ? new ByZone(zone) : Off.INSTANCE);
        return byZone.or(() -> locality.map(l -> l.enabled().orElse(true) ? new ByLocality(l) : Off.INSTANCE));
    }
}
