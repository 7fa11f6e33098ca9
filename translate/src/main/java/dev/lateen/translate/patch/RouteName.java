package dev.lateen.translate.patch;

import dev.lateen.model.istio.EnvoyFilter.Context;

/// What the name of a route configuration says of it.
///
/// @param port 0 where the name has none
/// @param portName of a gateway's server
/// @param gateway as namespace/name
record RouteName(int port, String portName, String gateway) {
    static RouteName parse(String name, Context context) {
        if (context == Context.GATEWAY) {
            return ofGateway(name);
        }
        if (name.startsWith("inbound|")) {
            return new RouteName(number(name.split("\\|", -1)[1]), "", "");
        }
        // "80", or "host:80" of a service with a port of its own
        return new RouteName(number(name.substring(name.lastIndexOf(':') + 1)), "", "");
    }

    /// `http.80`, `https.443.name.gateway.namespace`.
    private static RouteName ofGateway(String name) {
        String[] parts = name.split("\\.", -1);
        if (parts.length < 2) {
            return new RouteName(0, "", "");
        }
        if (parts[0].equals("https") && parts.length >= 5) {
            return new RouteName(number(parts[1]), parts[2], parts[4] + "/" + parts[3]);
        }
        return new RouteName(number(parts[1]), "", "");
    }

    private static int number(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(Character::isDigit);
        return digits ? Integer.parseInt(text) : 0;
    }
}
