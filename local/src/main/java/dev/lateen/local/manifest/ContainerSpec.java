package dev.lateen.local.manifest;

import dev.lateen.model.tree.Position;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A container as a local process.
///
/// @param command what to run: our annotation's words, or the manifest's command and args; empty when it names neither
/// @param ports in the order of the manifest
/// @param workingDirectory as the manifest says; empty for the directory of the manifest
/// @param at where the container stands, for messages
public record ContainerSpec(
        String name,
        String image,
        List<String> command,
        Map<String, String> environment,
        List<Port> ports,
        Optional<String> workingDirectory,
        Optional<ProbeSpec> readiness,
        Optional<ProbeSpec> liveness,
        Optional<ProbeSpec> startup,
        Position at) {
    public ContainerSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        ports = List.copyOf(ports);
    }

    /// A declared port.
    ///
    /// @param name empty when it has none
    public record Port(String name, int number, String protocol) {}

    /// The number that a probe or a Service means by a port's name or number.
    public Optional<Integer> port(String nameOrNumber) {
        if (!nameOrNumber.isEmpty() && nameOrNumber.chars().allMatch(Character::isDigit)) {
            return Optional.of(Integer.parseInt(nameOrNumber));
        }
        return ports.stream()
                .filter(port -> port.name().equals(nameOrNumber))
                .map(Port::number)
                .findFirst();
    }
}
