package dev.lateen.proxy.telemetry.accesslog;

import dev.lateen.proxy.stream.StreamInfo;

/// One value of a log line.
///
/// Thread: event loop.
@FunctionalInterface
interface LogOperator {
    /// Appends the value; false where there is none, and then nothing was appended.
    boolean append(StreamInfo info, StringBuilder out);

    /// Whether JSON shows it without quotes.
    default boolean numeric() {
        return false;
    }

    /// A value that JSON shows as a number.
    @FunctionalInterface
    interface Numeric extends LogOperator {
        @Override
        default boolean numeric() {
            return true;
        }
    }
}
