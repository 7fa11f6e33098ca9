package dev.lateen.control.dashboard;

import dev.lateen.model.resource.ResourceKey;
import java.io.IOException;
import java.util.Optional;

/// Where resources come from and are saved to.
///
/// Thread: any; may block.
sealed interface ResourceHome permits FileHome, ClusterHome {
    /// The text as it stands there; empty where there is none, or none that may be seen.
    Optional<Opened> open(ResourceKey key) throws IOException;

    /// Where a new resource would be put; its text is empty.
    Opened fresh(ResourceKey key) throws IOException;

    /// Puts a text in the place of what was opened.
    ///
    /// @param version of what was opened
    Outcome save(ResourceKey key, String text, String version) throws IOException;

    /// @param text of the document, lines end in `\n`
    /// @param file the name that positions carry
    /// @param firstLine of the file on which the text begins
    /// @param version differs once anything there has changed
    /// @param locked why it cannot be saved; empty where it can
    /// @param command what puts the text in force by hand
    record Opened(String text, String file, int firstLine, String version, Optional<String> locked, String command) {}

    /// What became of it.
    sealed interface Outcome {
        record Saved(String version) implements Outcome {}

        /// Somebody else has changed it meanwhile.
        ///
        /// @param now empty where it is gone
        record Conflict(String reason, Optional<Opened> now) implements Outcome {}

        record Refused(String reason) implements Outcome {}
    }
}
