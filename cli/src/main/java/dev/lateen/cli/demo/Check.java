package dev.lateen.cli.demo;

/// One thing that the demo shows to be so.
///
/// @param name what is shown, in a few words
record Check(String name, Body body) {
    /// Does it and says how it went.
    interface Body {
        Result run();
    }

    /// How it went.
    ///
    /// @param evidence the numbers behind it
    record Result(boolean passed, String evidence) {
        static Result of(boolean passed, Object evidence) {
            return new Result(passed, String.valueOf(evidence));
        }
    }
}
