package dev.lateen.model.mesh;

/// A port of a service.
///
/// @param targetPort number, name, or empty for the same number as `port`
public record ServicePort(String name, int port, Protocol protocol, String targetPort) {}
