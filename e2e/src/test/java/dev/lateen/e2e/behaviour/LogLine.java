package dev.lateen.e2e.behaviour;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A line of an access log in Istio's default format.
record LogLine(
        String request,
        String status,
        String flags,
        String details,
        String termination,
        String transportFailure,
        long received,
        long sent,
        String upstreamHost,
        String cluster,
        String serverName,
        String route) {
    private static final Pattern FORMAT =
            Pattern.compile("\\[[^]]*] \"([^\"]*)\" (\\S+) (\\S+) (\\S+) (\\S+) \"([^\"]*)\""
                    + " (\\d+) (\\d+) \\d+ \\S+ \"[^\"]*\" \"[^\"]*\" \"[^\"]*\" \"[^\"]*\" \"([^\"]*)\""
                    + " (\\S+) \\S+ \\S+ \\S+ (\\S+) (\\S+)");

    static LogLine parse(String line) {
        Matcher fields = FORMAT.matcher(line);
        if (!fields.matches()) {
            throw new AssertionError("not in Istio's format: " + line);
        }
        return new LogLine(
                fields.group(1),
                fields.group(2),
                fields.group(3),
                fields.group(4),
                fields.group(5),
                fields.group(6),
                Long.parseLong(fields.group(7)),
                Long.parseLong(fields.group(8)),
                fields.group(9),
                fields.group(10),
                fields.group(11),
                fields.group(12));
    }
}
