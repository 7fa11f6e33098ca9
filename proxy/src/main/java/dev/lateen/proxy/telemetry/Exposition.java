package dev.lateen.proxy.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// How numbers are written for those who collect them.
///
/// Source: Prometheus documentation, "Exposition formats"; OpenMetrics 1.0; RFC 9110 §12.5.1 (`accept`).
///
/// Thread: any (immutable).
public enum Exposition {
    TEXT("text/plain; version=0.0.4; charset=utf-8", ""),
    OPEN_METRICS("application/openmetrics-text; version=1.0.0; charset=utf-8", "# EOF\n");

    private static final String OPEN_METRICS_MEDIA = "application/openmetrics-text";

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
    public static Exposition wanted(String accept) {
        Exposition best = TEXT;
        double most = 0;
        for (String range : accept.toLowerCase(Locale.ROOT).split(",", 64)) {
            String media = media(range);
            double quality = quality(range);
            boolean open = media.equals(OPEN_METRICS_MEDIA) && known(parameter(range, "version"));
            boolean text = media.equals("text/plain") || media.equals("text/*") || media.equals("*/*");
            if ((open || text) && quality > most) {
                best = open ? OPEN_METRICS : TEXT;
                most = quality;
            }
        }
        return best;
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
