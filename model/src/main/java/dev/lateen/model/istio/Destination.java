package dev.lateen.model.istio;

import java.util.OptionalInt;

/// Where a route leads. Source: Istio `Destination`.
///
/// @param host as written: a short name stands for a name in the namespace of the resource
/// @param subset empty for the whole service
public record Destination(String host, String subset, OptionalInt port) {
    static Destination of(Reader in) {
        return new Destination(
                in.text("host", ""),
                in.text("subset", ""),
                in.object("port", port -> port.integer("number")).orElse(OptionalInt.empty()));
    }
}
