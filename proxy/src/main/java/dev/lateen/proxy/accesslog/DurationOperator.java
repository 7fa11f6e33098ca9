package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.stream.StreamInfo;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// `%COMMON_DURATION(START:END:PRECISION)%`: the time between two points of a request, in `ms`, `us` or `ns`.
///
/// Limits: points of connecting and of handshakes are refused, and so is the first byte to the client.
///
/// Source: Envoy documentation, "Command operators". Thread: event loop.
record DurationOperator(Point start, Point end, long divisor) implements LogOperator.Numeric {
    /// Envoy's names.
    enum Point {
        DS_RX_BEG,
        DS_RX_END,
        US_TX_BEG,
        US_TX_END,
        US_RX_BEG,
        US_RX_END,
        DS_TX_END;

        /// 0 where it did not come so far.
        private long nanos(StreamInfo info) {
            return switch (this) {
                case DS_RX_BEG -> info.startNanos;
                case DS_RX_END -> info.requestEndNanos;
                case US_TX_BEG -> info.upstreamFirstByteSentNanos;
                case US_TX_END -> info.upstreamLastByteSentNanos;
                case US_RX_BEG -> info.upstreamHeadNanos;
                case US_RX_END -> info.upstreamEndNanos;
                case DS_TX_END -> info.endNanos;
            };
        }
    }

    /// An `IllegalArgumentException` says what is wrong with it.
    static DurationOperator of(String argument) {
        List<String> parts = List.of(argument.split(":", -1));
        if (parts.size() != 3) {
            throw new IllegalArgumentException("%COMMON_DURATION(" + argument + ")% (expected: START:END:PRECISION)");
        }
        return new DurationOperator(point(parts.get(0)), point(parts.get(1)), divisor(parts.get(2)));
    }

    private static Point point(String name) {
        for (Point point : Point.values()) {
            if (point.name().equals(name)) {
                return point;
            }
        }
        throw new IllegalArgumentException("%COMMON_DURATION% does not know " + name + " (expected: "
                + Arrays.stream(Point.values()).map(Point::name).collect(Collectors.joining(", ")) + ")");
    }

    private static long divisor(String precision) {
        return switch (precision) {
            case "ms" -> 1_000_000;
            case "us" -> 1_000;
            case "ns" -> 1;
            default ->
                throw new IllegalArgumentException("%COMMON_DURATION% in " + precision + " (expected: ms, us or ns)");
        };
    }

    @Override
    public boolean append(StreamInfo info, LineBuffer out) {
        long from = start.nanos(info);
        long to = end.nanos(info);
        if (from == 0 || to == 0 || to < from) {
            return false;
        }
        out.append((to - from) / divisor);
        return true;
    }
}
