package dev.lateen.model.telemetry;

import java.util.List;
import java.util.Optional;

/// An expression in CEL as a tree, as far as it matters who can compute it. Thread: any (immutable).
sealed interface Cel {
    /// @param plain whether the mesh's own proxy reads such quotes and escapes
    record Text(String value, boolean plain) implements Cel {}

    /// A number.
    ///
    /// @param digits as they are written
    record Digits(String digits) implements Cel {}

    /// @param absolute whether a dot stands before it
    record Name(String name, boolean absolute) implements Cel {}

    record Select(Cel of, String name) implements Cel {}

    record Index(Cel of, Cel by) implements Cel {}

    /// A function, or a method of something.
    ///
    /// @param tight whether no space stands between the dot and the parenthesis
    record Call(Optional<Cel> of, String name, List<Cel> arguments, boolean tight) implements Cel {}

    record Items(List<Cel> items) implements Cel {}

    /// A map, or a message with its fields.
    record Entries(List<Cel> parts) implements Cel {}

    /// With one operand, two or three.
    record Operation(String operator, List<Cel> operands) implements Cel {}

    record Group(Cel inner) implements Cel {}
}
