package dev.lateen.cli;

import dev.lateen.cli.mesh.ControlPlaneAddress;
import dev.lateen.cli.mesh.HttpPort;
import dev.lateen.cli.output.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// The option of commands that ask control planes.
final class ControlPlanes {
    @Option(
            names = "--control-plane",
            paramLabel = "HOST:PORT",
            description = "The debug API of a control plane (default: those of the meshes on this machine, or"
                    + " 127.0.0.1:15014).")
    private @Nullable String address;

    /// The one that was named, or those of a mesh.
    List<ControlPlaneAddress> of(MeshTarget target) throws IOException {
        String one = address;
        return one == null ? target.controlPlanes() : List.of(new ControlPlaneAddress(one, HttpPort.at(one)));
    }

    /// Whether the command line names one.
    boolean areGiven() {
        return address != null;
    }

    /// The entries of a debug page of all that answer.
    ///
    /// @throws IOException when none does
    List<JsonNode> entries(MeshTarget target, String path) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        IOException last = new IOException("no control plane to ask");
        boolean answered = false;
        for (ControlPlaneAddress one : of(target)) {
            try {
                found.addAll(Json.items(Json.read(one.debug().get(path))));
                answered = true;
            } catch (IOException failure) {
                last = failure; // another may know
            }
        }
        if (!answered) {
            throw last;
        }
        return found;
    }
}
