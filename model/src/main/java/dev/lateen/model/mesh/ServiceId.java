package dev.lateen.model.mesh;

/// What names a service: two namespaces may both define a host.
public record ServiceId(String hostname, String namespace) {}
