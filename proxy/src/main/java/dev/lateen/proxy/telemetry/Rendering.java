package dev.lateen.proxy.telemetry;

import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Refusal;
import java.util.function.Function;

/// How a collector wants its page.
///
/// Source: Envoy's admin API, `/stats/prometheus`: `histogram_buckets`, `native_histogram_max_buckets`,
/// `prom_protobuf`.
/// Differs: beside native buckets the classic ones stay on the page.
///
/// Thread: any (immutable).
///
/// @param nativeBuckets how many native ones a histogram may have; 0 for none
public record Rendering(Exposition format, int nativeBuckets) {
    private static final String NATIVE = "prometheusnative";

    public static Rendering of(Exposition format) {
        return new Rendering(format, 0);
    }

    /// @param accept of the request; empty where it has none
    /// @param parameters of the request, by name; empty where it has none of that name
    /// @param richest of the formats that can be had
    /// @param natively whether whoever takes messages gets native buckets without asking for them
    public static Decoded<Rendering> wanted(
            String accept, Function<String, String> parameters, Exposition richest, boolean natively) {
        return Decoded.of(() -> {
            boolean forced = richest == Exposition.PROTOBUF
                    && parameters.apply("prom_protobuf").matches("1|true");
            Exposition format = forced ? Exposition.PROTOBUF : Exposition.wanted(accept, richest);
            String buckets = parameters.apply("histogram_buckets");
            int most = most(parameters.apply("native_histogram_max_buckets"));
            return switch (buckets) {
                case "" -> new Rendering(format, natively && format == Exposition.PROTOBUF ? most : 0);
                case "cumulative" -> of(format);
                case NATIVE -> {
                    if (format != Exposition.PROTOBUF) {
                        throw new Refusal("histogram_buckets: '" + NATIVE + "' with a page of text (expected: accept: "
                                + Exposition.PROTOBUF.contentType().replace(" ", "") + ", or prom_protobuf=1)");
                    }
                    yield new Rendering(format, most);
                }
                default ->
                    throw new Refusal("histogram_buckets: '" + buckets + "' (expected: cumulative or " + NATIVE + ")");
            };
        });
    }

    private static int most(String text) {
        if (text.isEmpty()) {
            return NativeBuckets.MOST;
        }
        if (!text.matches("[1-9][0-9]{0,5}")) {
            throw new Refusal("native_histogram_max_buckets: '" + text + "' (expected: a number above 0)");
        }
        return Math.min(NativeBuckets.MOST, Integer.parseInt(text));
    }

    /// The same in another format; only messages have native buckets.
    public Rendering in(Exposition other) {
        return new Rendering(other, other == Exposition.PROTOBUF ? nativeBuckets : 0);
    }
}
