package dev.lateen.proxy.telemetry;

import org.jspecify.annotations.Nullable;

/// A histogram as it is shown.
///
/// @param counts by bucket of `Histogram`, not added up
/// @param exemplars by bucket, or none at all
/// @param natives where they are asked for
/// @param unit by which bounds and sum are divided: 1, or `MILLIS` for what was recorded in milliseconds and is shown
/// in seconds
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Distribution(
        long[] counts,
        double sum,
        @Nullable Exemplar[] exemplars,
        @Nullable NativeSum natives,
        double unit) {
    static final double MILLIS = 1_000;
    private static final @Nullable Exemplar[] NO_EXEMPLARS = {};

    static Distribution of(Histogram histogram) {
        return new Distribution(histogram.counts(), histogram.sum(), NO_EXEMPLARS, null, 1);
    }

    static Distribution ofSeconds(Histogram histogram) {
        return new Distribution(histogram.counts(), histogram.sum() / MILLIS, NO_EXEMPLARS, null, MILLIS);
    }
}
