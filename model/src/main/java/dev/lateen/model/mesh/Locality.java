package dev.lateen.model.mesh;

import java.util.Map;

/// Where a workload runs. Empty parts are unknown.
public record Locality(String region, String zone, String subZone) {
    public static final Locality NONE = new Locality("", "", "");

    /// Reads `region/zone/subzone`, of which the later parts may be missing.
    public static Locality parse(String text) {
        if (text.isEmpty()) {
            return NONE;
        }
        String[] parts = text.split("/", 3);
        return new Locality(parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
    }

    /// What a workload's label `istio-locality` says, whose parts have dots between them; `NONE` without one.
    static Locality ofLabel(Map<String, String> labels) {
        return parse(labels.getOrDefault("istio-locality", "").replace('.', '/'));
    }

    @Override
    public String toString() {
        if (zone.isEmpty() && subZone.isEmpty()) {
            return region;
        }
        return subZone.isEmpty() ? region + "/" + zone : region + "/" + zone + "/" + subZone;
    }
}
