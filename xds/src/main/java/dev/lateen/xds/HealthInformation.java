package dev.lateen.xds;

/// What an agent tells the control plane of its application on the aggregated stream: a request of this type that
/// asks for nothing. With an error it says that the application is not well, and why.
///
/// Source: Istio's health checks of virtual machines.
public final class HealthInformation {
    public static final String TYPE_URL = "type.googleapis.com/istio.v1.HealthInformation";

    private HealthInformation() {}
}
