package dev.lateen.model.analyze;

import dev.lateen.model.validate.View;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Looks at patches whose effect depends on what else is patched, or that have none. Thread: any.
final class EnvoyFilterChecks {
    private static final Set<String> ROUTES = Set.of("ROUTE_CONFIGURATION", "HTTP_ROUTE");
    private static final Set<String> REPLACEABLE = Set.of("HTTP_FILTER", "NETWORK_FILTER", "VIRTUAL_HOST");

    private EnvoyFilterChecks() {}

    static void check(MeshContents mesh, Messages messages) {
        // Names of what is patched for some versions only: a second patch of it may find it or not.
        Set<String> versioned = new HashSet<>();
        for (Item filter : mesh.networking("EnvoyFilter")) {
            for (View config : filter.spec().objects("configPatches")) {
                Optional<View> patch = config.object("patch");
                if (patch.isEmpty()) {
                    break;
                }
                String name = name(config, patch.get());
                patch(filter, config, patch.get(), versioned.contains(name), messages);
                boolean forVersion = config.object("match")
                        .flatMap(match -> match.object("proxy"))
                        .map(proxy -> proxy.filled("proxyVersion"))
                        .orElse(false);
                if (forVersion) {
                    versioned.add(name);
                }
            }
        }
    }

    private static void patch(Item filter, View config, View patch, boolean versioned, Messages messages) {
        String applyTo = config.text("applyTo");
        switch (patch.text("operation")) {
            case "ADD" -> {
                if (ROUTES.contains(applyTo)) {
                    messages.add(MessageType.ADD_OPERATION, filter, patch.spot("operation"));
                }
            }
            case "REMOVE" -> {
                if (ROUTES.contains(applyTo)) {
                    messages.add(MessageType.REMOVE_OPERATION, filter, patch.spot("operation"));
                } else {
                    relative(filter, patch, versioned, messages);
                }
            }
            case "REPLACE" -> {
                if (REPLACEABLE.contains(applyTo)) {
                    relative(filter, patch, versioned, messages);
                } else {
                    messages.add(MessageType.REPLACE_OPERATION, filter, patch.spot("operation"));
                }
            }
            case "INSERT_BEFORE", "INSERT_AFTER" -> relative(filter, patch, versioned, messages);
            default -> {}
        }
    }

    private static void relative(Item filter, View patch, boolean versioned, Messages messages) {
        if (filter.spec().number("priority") == 0) {
            messages.add(
                    versioned ? MessageType.RELATIVE_OPERATION_WITH_VERSION : MessageType.RELATIVE_OPERATION,
                    filter,
                    patch.spot("operation"));
        }
    }

    private static String name(View config, View patch) {
        Optional<View> value = patch.object("value");
        if (value.isEmpty()) {
            return "";
        }
        String own = value.get().text("name");
        return !own.isEmpty()
                ? own
                : config.object("match")
                        .flatMap(match -> match.object("listener"))
                        .flatMap(listener -> listener.object("filterChain"))
                        .flatMap(chain -> chain.object("filter"))
                        .map(found -> found.text("name"))
                        .orElse("");
    }
}
