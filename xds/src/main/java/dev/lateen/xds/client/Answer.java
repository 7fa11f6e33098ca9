package dev.lateen.xds.client;

import java.util.Map;

/// What the proxy makes of a response.
///
/// @param rejected reasons by resource name; empty accepts all
public record Answer(Map<String, String> rejected) {
    public static final Answer ACCEPTED = new Answer(Map.of());

    public Answer {
        rejected = Map.copyOf(rejected);
    }

    boolean accepted() {
        return rejected.isEmpty();
    }

    /// All reasons, as the control plane shows them.
    String text() {
        StringBuilder text = new StringBuilder();
        rejected.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> text.append(text.isEmpty() ? "" : "; ")
                        .append(entry.getKey())
                        .append(": ")
                        .append(entry.getValue()));
        return text.toString();
    }
}
