package dev.lateen.model.analyze;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.validate.Spot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Gathers what analyzers find. Thread: any one.
final class Messages {
    private final List<Message> found = new ArrayList<>();

    /// @param parts of the message's text, in its order
    void add(MessageType type, Item about, Spot at, Object... parts) {
        Diagnostic diagnostic = new Diagnostic(
                type.severity(), type.code(), at.at(), at.path(), type.text(parts), at.shownValue(), "", "");
        found.add(new Message(about.resource().key(), diagnostic));
    }

    List<Message> found() {
        return List.copyOf(found);
    }

    /// A list as Go prints it, which Istio's texts do: `[a b]`.
    static String list(Collection<?> items) {
        return "[" + String.join(" ", items.stream().map(String::valueOf).toList()) + "]";
    }
}
