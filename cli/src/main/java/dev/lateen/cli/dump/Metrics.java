package dev.lateen.cli.dump;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Counters in Prometheus' text, as a proxy's `/stats/prometheus` answers. Thread: any.
final class Metrics {
    private Metrics() {}

    /// @param labels without escapes
    record Sample(Map<String, String> labels, double value) {
        String label(String name) {
            return labels.getOrDefault(name, "");
        }
    }

    /// All samples of one name; lines that cannot be read are left out.
    static List<Sample> named(String text, String name) {
        List<Sample> found = new ArrayList<>();
        text.lines().filter(line -> line.startsWith(name + "{")).forEach(line -> read(line, name.length() + 1, found));
        return found;
    }

    private static void read(String line, int start, List<Sample> found) {
        Map<String, String> labels = new HashMap<>();
        int at = start;
        while (at < line.length() && line.charAt(at) != '}') {
            int equals = line.indexOf("=\"", at);
            if (equals < 0) {
                return;
            }
            StringBuilder value = new StringBuilder();
            int next = equals + 2;
            while (next < line.length() && line.charAt(next) != '"') {
                boolean escape = line.charAt(next) == '\\' && next + 1 < line.length();
                char c = line.charAt(escape ? next + 1 : next);
                value.append(escape && c == 'n' ? '\n' : c);
                next += escape ? 2 : 1;
            }
            labels.put(line.substring(at, equals).strip(), value.toString());
            at = next + 1 < line.length() && line.charAt(next + 1) == ',' ? next + 2 : next + 1;
        }
        try {
            String number =
                    line.substring(Math.min(at + 1, line.length())).strip().split(" ")[0];
            found.add(new Sample(labels, Double.parseDouble(number)));
        } catch (NumberFormatException _) {
            // Not a sample of a counter.
        }
    }
}
