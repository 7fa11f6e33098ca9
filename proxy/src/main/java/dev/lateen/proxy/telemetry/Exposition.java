package dev.lateen.proxy.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How numbers are written for those who collect them.
///
/// Source: Prometheus documentation, "Exposition formats"; OpenMetrics 1.0; RFC 9110 §12.5.1 (`accept`).
///
/// Thread: any (immutable).
public enum Exposition {
    TEXT("text/plain; version=0.0.4; charset=utf-8", ""),
    OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8", "# EOF\n"),
    PROTOBUF("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited", "");

    private static final String OPEN_METRICS_MEDIA = "application/openmetrics-text";
    private static final String PROTOBUF_MEDIA = "application/vnd.google.protobuf";

    private final String contentType;
    private final String end;

    Exposition(String contentType, String end) {
        this.contentType = contentType;
        this.end = end;
    }

    public String contentType() {
        return contentType;
    }

    /// The last line of a page, once.
    public byte[] end() {
        return end.getBytes(StandardCharsets.US_ASCII);
    }

    /// What an `accept` header wants most; the first of several that are wanted alike. Text where it names nothing
    /// that we write, since some collectors ask for nothing in particular.
    ///
    /// @param richest of the formats, in their order here, that can be had
    public static Exposition wanted(String accept, Exposition richest) {
        Exposition best = TEXT;
        double most = 0;
        for (String range : accept.toLowerCase(Locale.ROOT).split(",", 64)) {
            Exposition meant = meant(range);
            double quality = quality(range);
            if (meant != null && richest.compareTo(meant) >= 0 && quality > most) {
                best = meant;
                most = quality;
            }
        }
        return best;
    }

    private static @Nullable Exposition meant(String range) {
        return switch (media(range)) {
            case OPEN_METRICS_MEDIA -> known(parameter(range, "version")) ? OPEN_METRICS : null;
            case PROTOBUF_MEDIA -> isDelimited(range) ? PROTOBUF : null;
            case "text/plain", "text/*", "*/*" -> TEXT;
            default -> null;
        };
    }

    /// Of a content type or of one range of an `accept` header: messages of metrics, one after the other.
    private static boolean isDelimited(String text) {
        return parameter(text, "proto").equalsIgnoreCase("io.prometheus.client.MetricFamily")
                && parameter(text, "encoding").equalsIgnoreCase("delimited");
    }

    /// What a content type says; none where we cannot read it.
    public static Optional<Exposition> ofContentType(String text) {
        return switch (media(text)) {
            case "text/plain" -> Optional.of(TEXT);
            case OPEN_METRICS_MEDIA -> Optional.of(OPEN_METRICS);
            case PROTOBUF_MEDIA -> isDelimited(text) ? Optional.of(PROTOBUF) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static boolean known(String version) {
        return version.isEmpty() || version.equals("1.0.0") || version.equals("0.0.1");
    }

    /// Of a content type or of one range of an `accept` header.
    public static String media(String text) {
        int end = text.indexOf(';');
        return (end < 0 ? text : text.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    private static double quality(String range) {
        String text = parameter(range, "q");
        try {
            return text.isEmpty() ? 1 : Double.parseDouble(text);
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    private static String parameter(String range, String name) {
        String[] parts = range.split(";", 16);
        for (int index = 1; index < parts.length; index++) {
            String part = parts[index].strip();
            if (part.startsWith(name + "=")) {
                return part.substring(name.length() + 1).replace("\"", "").strip();
            }
        }
        return "";
    }
}
