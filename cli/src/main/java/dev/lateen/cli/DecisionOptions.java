package dev.lateen.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/// The options that say which requests a command is about.
final class DecisionOptions {
    @Option(names = "--method", paramLabel = "METHOD", description = "Such as GET.", defaultValue = "")
    private String method = "";

    @Option(
            names = {"--authority", "--host"},
            paramLabel = "TEXT",
            description = "Part of the host that was asked.",
            defaultValue = "")
    private String authority = "";

    @Option(names = "--path", paramLabel = "PREFIX", description = "How the path begins.", defaultValue = "")
    private String path = "";

    @Option(names = "--route", paramLabel = "TEXT", description = "Part of the route's name.", defaultValue = "")
    private String route = "";

    @Option(names = "--cluster", paramLabel = "TEXT", description = "Part of the cluster's name.", defaultValue = "")
    private String cluster = "";

    @Option(
            names = "--direction",
            paramLabel = "DIRECTION",
            description = "inbound to workloads, or outbound from them.",
            defaultValue = "")
    private String direction = "";

    @Option(names = "--status", paramLabel = "STATUS", description = "Such as 503, or 5xx.", defaultValue = "")
    private String status = "";

    @Option(names = "--flag", paramLabel = "FLAG", description = "A response flag, such as UH.", defaultValue = "")
    private String flag = "";

    @Option(names = "--failures", description = "Only what had a response flag or a status from 400 on.")
    private boolean failures;

    /// As a proxy's `/decisions` takes it.
    String query() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("method", method.toUpperCase(Locale.ROOT));
        fields.put("authority", authority);
        fields.put("path", path);
        fields.put("route", route);
        fields.put("cluster", cluster);
        fields.put("direction", direction.toLowerCase(Locale.ROOT));
        fields.put("status", status.toLowerCase(Locale.ROOT));
        fields.put("flag", flag.toUpperCase(Locale.ROOT));
        fields.values().removeIf(String::isEmpty);
        String query = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return failures ? query + "&failures" : query;
    }
}
