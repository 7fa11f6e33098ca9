package dev.lateen.proxy.cluster;

/// Where an endpoint runs. Empty text where it is not told.
public record LocalityName(String region, String zone, String subZone) {
    public static final LocalityName NONE = new LocalityName("", "", "");

    @Override
    public String toString() {
        return region + "/" + zone + "/" + subZone;
    }
}
