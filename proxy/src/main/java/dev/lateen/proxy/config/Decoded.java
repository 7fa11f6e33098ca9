package dev.lateen.proxy.config;

import java.util.function.Function;
import java.util.function.Supplier;

/// What became of one resource: a config record, or the reason for which it is refused.
///
/// Thread: any (immutable).
public sealed interface Decoded<T> {
    record Ok<T>(T value) implements Decoded<T> {}

    /// @param reason names the resource, the field, the value and what was expected; it is the NACK's text
    record Rejected<T>(String reason) implements Decoded<T> {}

    /// Runs a decoder; a `Refusal` thrown inside becomes a rejection.
    static <T> Decoded<T> of(Supplier<T> decoder) {
        try {
            return new Ok<>(decoder.get());
        } catch (Refusal refusal) {
            return new Rejected<>(refusal.reason());
        }
    }

    default <R> Decoded<R> map(Function<? super T, ? extends R> change) {
        return switch (this) {
            case Ok<T>(T value) -> Decoded.of(() -> change.apply(value));
            case Rejected<T>(String reason) -> new Rejected<>(reason);
        };
    }

    /// The value; throws the rejection as a `Refusal`, for use inside another decoder.
    default T orRefuse() {
        return switch (this) {
            case Ok<T>(T value) -> value;
            case Rejected<T>(String reason) -> throw new Refusal(reason);
        };
    }
}
