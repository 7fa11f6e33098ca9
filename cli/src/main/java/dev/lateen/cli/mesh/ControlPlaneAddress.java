package dev.lateen.cli.mesh;

/// A control plane that can be asked.
///
/// @param debug its debug API
public record ControlPlaneAddress(String name, HttpPort debug) {}
