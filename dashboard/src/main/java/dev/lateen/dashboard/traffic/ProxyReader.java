package dev.lateen.dashboard.traffic;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads the Prometheus page of one proxy again and again, and says what has come between. Each line is followed by
/// itself, so that a counter that begins anew is not taken for traffic that went backwards. The first page only tells
/// where the counters stand.
///
/// Limits: so many series; lines beyond them are counted in `left`.
///
/// Thread: one at a time.
public final class ProxyReader {
    private static final String OURS = "istio_";

    private final int mostSeries;
    private final Map<Long, Series> series = new HashMap<>();
    private final Map<EdgeKey, EdgeKey> edges = new HashMap<>();
    private int pages;
    private int left;

    /// @param mostSeries that are followed
    public ProxyReader(int mostSeries) {
        this.mostSeries = mostSeries;
    }

    /// Adds what has come since the page before.
    ///
    /// @param page in Prometheus' text format
    public void read(String page, Map<EdgeKey, Tally> into) {
        left = 0;
        pages++;
        int at = 0;
        while (at < page.length()) {
            int end = page.indexOf('\n', at);
            if (end < 0) {
                end = page.length();
            }
            if (page.startsWith(OURS, at)) {
                line(page.substring(at, end), into);
            }
            at = end + 1;
        }
        if (left > 0) {
            // What the proxy has forgotten makes room.
            series.values().removeIf(one -> one.page() < pages);
            edges.keySet().retainAll(series.values().stream().map(Series::edge).collect(Collectors.toSet()));
        }
    }

    /// How many lines of the last page were left out.
    public int left() {
        return left;
    }

    /// How many series are followed.
    public int size() {
        return series.size();
    }

    private void line(String line, Map<EdgeKey, Tally> into) {
        int close = line.lastIndexOf('}');
        int open = line.indexOf('{');
        if (open < 0 || close < open) {
            return;
        }
        String head = line.substring(0, close);
        long name = hash(head);
        Series known = series.get(name);
        if (known == null) {
            known = newcomer(name, head, open);
        }
        if (known == null) {
            return;
        }
        double more = known.advance(pages, value(line, close + 1));
        if (pages > 1 && more > 0) {
            known.addTo(into.computeIfAbsent(known.edge(), _ -> new Tally()), more);
        }
    }

    private @Nullable Series newcomer(long name, String head, int open) {
        if (series.size() >= mostSeries) {
            left++;
            return null;
        }
        Optional<Series> made = Series.of(
                head.substring(0, open),
                head.substring(open + 1),
                edge -> edges.computeIfAbsent(edge, itself -> itself));
        made.ifPresent(one -> series.put(name, one));
        return made.orElse(null);
    }

    /// FNV-1a: names are long, and of a proxy's few thousand no two have the same of 64 bits by chance.
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /// The number after the labels; a timestamp may follow it.
    private static double value(String line, int from) {
        String rest = line.substring(from).strip();
        int space = rest.indexOf(' ');
        try {
            double value = Double.parseDouble(space < 0 ? rest : rest.substring(0, space));
            return Double.isFinite(value) && value > 0 ? value : 0;
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
