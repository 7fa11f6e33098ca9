package dev.lateen.cli.diagnosis;

/// One thing that has to hold so that a workload can be reached through the mesh. Thread: any.
///
/// @param name of the thing, such as `webhook`
/// @param found what is the case
/// @param expected what would have to be; empty where it is
/// @param advice what to do; empty where nothing is to be done
public record Link(String name, State state, String found, String expected, String advice) {
    /// How it is with it.
    public enum State {
        HOLDS,
        /// Nothing is broken yet, but somebody should know.
        DOUBTFUL,
        BROKEN
    }

    static Link holds(String name, String found) {
        return new Link(name, State.HOLDS, found, "", "");
    }

    static Link doubtful(String name, String found, String advice) {
        return new Link(name, State.DOUBTFUL, found, "", advice);
    }

    static Link broken(String name, String found, String expected, String advice) {
        return new Link(name, State.BROKEN, found, expected, advice);
    }

    /// For people; more than one line where there is something to do.
    public String text() {
        String sign = switch (state) {
            case HOLDS -> "✔ ";
            case DOUBTFUL -> "! ";
            case BROKEN -> "✘ ";
        };
        return sign + name + ": " + found
                + (expected.isEmpty() ? "" : "\n  expected: " + expected)
                + (advice.isEmpty() ? "" : "\n  to do: " + advice)
                + "\n";
    }
}
