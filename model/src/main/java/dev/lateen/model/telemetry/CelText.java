package dev.lateen.model.telemetry;

/// What came of reading an expression.
sealed interface CelText {
    /// @param plain whether it is within what the mesh's own proxy reads: no comments, not too deep
    record Read(Cel tree, boolean plain) implements CelText {}

    /// @param column from 1
    record Fault(String what, int column) implements CelText {}
}
