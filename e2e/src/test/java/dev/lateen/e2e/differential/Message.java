package dev.lateen.e2e.differential;

import dev.lateen.e2e.behaviour.Reply;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Messages without what may differ: the order of fields with different names, times, random ids, and whether a
/// connection goes on after an answer that did not wait for the request's body.
final class Message {
    /// The client's own ids are of ones only.
    private static final Pattern FRESH_ID =
            Pattern.compile("(?i)\\b(?!11111111-)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b");

    private static final Pattern TIME_LEFT =
            Pattern.compile("^(x-envoy-expected-rq-timeout-ms: |grpc-timeout: )(\\d+)(m?)$");
    private static final List<String> BODYLESS = List.of("OPTIONS ", "DELETE ");
    private static final String OWN = own();

    private Message() {}

    /// The addresses of this machine that others see.
    private static String own() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                    .map(InetAddress::getHostAddress)
                    .map(Pattern::quote)
                    .collect(Collectors.joining("|"));
        } catch (SocketException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @param request as it came
    static String normal(String request) {
        int end = request.indexOf("\r\n\r\n");
        List<String> lines = Arrays.asList(request.substring(0, end).split("\r\n"));
        boolean bodyless = BODYLESS.stream().anyMatch(lines.getFirst()::startsWith);
        return lines.getFirst()
                + fields(lines.stream()
                        .skip(1)
                        .filter(line -> !(bodyless && line.equals("content-length: 0")))
                        .map(Message::withoutOwnAddress))
                + body(request.substring(end + 4));
    }

    static String normal(Reply reply) {
        return reply.status()
                + fields(reply.fields().stream())
                + body(reply.body())
                + (reply.complete() ? "" : "\n(cut)");
    }

    /// Of a client on this machine Envoy tells the machine's own address, we the client's.
    private static String withoutOwnAddress(String line) {
        return line.startsWith("x-forwarded-for:") ? line.replaceAll("(?<=[ ,])(" + OWN + ")$", "127.0.0.1") : line;
    }

    private static String fields(Stream<String> lines) {
        Map<String, String> fields = new TreeMap<>();
        lines.filter(line -> !line.startsWith("date:")
                        && !line.equals("connection: close")
                        && !line.equals("transfer-encoding: chunked"))
                .map(line ->
                        line.startsWith("x-envoy-upstream-service-time:") ? "x-envoy-upstream-service-time: n" : line)
                .map(Message::wholeTimeout)
                .map(line -> FRESH_ID.matcher(line).replaceAll("fresh"))
                .forEach(line -> {
                    int colon = Math.max(0, line.indexOf(':'));
                    // Several fields of one name mean the same as one with all values (RFC 9110 §5.2).
                    fields.merge(
                            line.substring(0, colon).toLowerCase(Locale.ROOT),
                            line.substring(Math.min(line.length(), colon + 1)).strip(),
                            (one, more) -> more.isEmpty() ? one : one + "," + more);
                });
        StringBuilder text = new StringBuilder();
        fields.forEach(
                (name, value) -> text.append("\n  ").append(name).append(": ").append(value));
        return text.toString();
    }

    /// What is left of a time depends on how much has passed.
    private static String wholeTimeout(String line) {
        Matcher left = TIME_LEFT.matcher(line);
        return left.matches()
                ? left.group(1) + (Integer.parseInt(left.group(2)) + 2499) / 2500 * 2500 + left.group(3)
                : line;
    }

    private static String body(String body) {
        return body.isEmpty() ? "" : "\n\n  " + body;
    }
}
