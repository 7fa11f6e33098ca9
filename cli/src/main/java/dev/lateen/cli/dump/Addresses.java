package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import tools.jackson.databind.JsonNode;

/// Reads `envoy.config.core.v3.Address`. Thread: any.
final class Addresses {
    private Addresses() {}

    /// `ip:port`, a pipe's path, or `envoy://listener/id`.
    static String text(JsonNode address) {
        JsonNode socket = address.path("socketAddress");
        if (socket.isObject()) {
            return socket.path("address").asString("") + ":" + port(address);
        }
        if (address.path("pipe").isObject()) {
            return Json.text(address, "pipe", "path");
        }
        JsonNode internal = address.path("envoyInternalAddress");
        return internal.isObject()
                ? "envoy://" + internal.path("serverListenerName").asString("") + "/"
                        + internal.path("endpointId").asString("")
                : "unknown";
    }

    /// The IP or path alone, empty for an address inside the proxy.
    static String host(JsonNode address) {
        String pipe = Json.text(address, "pipe", "path");
        return pipe.isEmpty() ? Json.text(address, "socketAddress", "address") : "unix://" + pipe;
    }

    static int port(JsonNode address) {
        return address.path("socketAddress").path("portValue").asInt(0);
    }
}
