package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.stream.StreamInfo;

/// One value of a log line.
///
/// Thread: event loop.
@FunctionalInterface
interface LogOperator {
    /// Appends the value; false where there is none, and then nothing was appended.
    boolean append(StreamInfo info, LineBuffer out);

    /// Whether it writes its own JSON, instead of text that is put in quotes.
    default boolean writesJson() {
        return false;
    }

    /// As `append`, where it writes its own JSON.
    default boolean appendJson(StreamInfo info, LineBuffer out) {
        return append(info, out);
    }

    /// A value in which there is nothing to escape in a JSON string.
    @FunctionalInterface
    interface Plain extends LogOperator {}

    /// A value that JSON shows as a number.
    @FunctionalInterface
    interface Numeric extends LogOperator {
        @Override
        default boolean writesJson() {
            return true;
        }
    }
}
