package dev.lateen.cli.dump;

import dev.lateen.cli.output.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a proxy takes from its clients at a port of its workload, by its listeners. Thread: any.
final class InboundTls {
    private static final String VIRTUAL = "virtualInbound";

    private InboundTls() {}

    /// `STRICT`, `PERMISSIVE` or `DISABLE`; empty where no listener of the proxy takes connections for that port.
    static Optional<String> mode(ConfigDump dump, int port) {
        List<JsonNode> chains = chains(dump, port);
        if (chains.isEmpty()) {
            return Optional.empty();
        }
        boolean mutual = chains.stream().anyMatch(InboundTls::isMutual);
        boolean open =
                chains.stream().anyMatch(chain -> !chain.path("transportSocket").isObject());
        return Optional.of(mutual ? open ? "PERMISSIVE" : "STRICT" : "DISABLE");
    }

    private static boolean isMutual(JsonNode chain) {
        return Json.at(chain, "transportSocket", "typedConfig", "requireClientCertificate")
                .asBoolean(false);
    }

    /// A listener of the port's own, else the chains of the common one that name the port, else those for any port.
    private static List<JsonNode> chains(ConfigDump dump, int port) {
        List<JsonNode> named = new ArrayList<>();
        List<JsonNode> general = new ArrayList<>();
        for (JsonNode listener : dump.listeners()) {
            if (!listener.path("trafficDirection").asString("").equals("INBOUND")) {
                continue;
            }
            if (!listener.path("name").asString("").equals(VIRTUAL)) {
                if (Addresses.port(listener.path("address")) == port) {
                    return Json.items(listener, "filterChains");
                }
                continue;
            }
            for (JsonNode chain : Json.items(listener, "filterChains")) {
                JsonNode of = Json.at(chain, "filterChainMatch", "destinationPort");
                if (!of.isNumber()) {
                    general.add(chain);
                } else if (of.asInt() == port) {
                    named.add(chain);
                }
            }
        }
        return named.isEmpty() ? general : named;
    }
}
