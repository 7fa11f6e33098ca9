package dev.lateen.proxy.probe;

import java.util.Optional;

/// What an application answered.
public sealed interface ProbeAnswer {
    /// @param status of HTTP
    record Status(int status) implements ProbeAnswer {}

    record Good() implements ProbeAnswer {}

    /// @param reason in words for whoever asked
    record Bad(String reason) implements ProbeAnswer {}

    /// Why it is not well; empty where it is.
    default Optional<String> fault() {
        return switch (this) {
            case Status(int status) ->
                status >= 200 && status < 400 ? Optional.empty() : Optional.of("HTTP status " + status);
            case Good _ -> Optional.empty();
            case Bad(var reason) -> Optional.of(reason);
        };
    }
}
