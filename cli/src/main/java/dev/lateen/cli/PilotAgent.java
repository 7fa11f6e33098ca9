package dev.lateen.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `pilot-agent` in the images of proxies: what life-cycle hooks of containers and people at a pod ask the
/// proxy beside them. The images have no shell; the file of this name is read by the JVM.
///
/// - `wait` until the proxy serves, for applications that need it from the start.
/// - `request METHOD PATH [BODY]` to the proxy's admin API, or another port of this pod.
///
/// Source: Istio's pilot-agent, options and defaults of these verbs. Thread: main.
public final class PilotAgent {
    private static final String USAGE = """
            Usage: pilot-agent wait [--url=URL] [--timeoutSeconds=60] [--periodMillis=100] [--requestTimeoutMillis=500]
                   pilot-agent request [--debug-port=15000] METHOD PATH [BODY]
            Wait until the proxy of this pod is ready, or ask its admin API.

            Examples:
              pilot-agent wait
              pilot-agent request GET stats
              pilot-agent request --debug-port=15020 POST drain
            """;
    private static final int REQUEST_MILLIS = 10_000;
    private static final Map<String, String> WAIT = Map.of(
            "--url",
            "http://localhost:15021/healthz/ready",
            "--timeoutSeconds",
            "60",
            "--periodMillis",
            "100",
            "--requestTimeoutMillis",
            "500");

    private final Map<String, String> options = new HashMap<>();
    private final List<String> words = new ArrayList<>();
    private final PrintStream out;
    private final PrintStream errors;

    private PilotAgent(PrintStream out, PrintStream errors) {
        this.out = out;
        this.errors = errors;
    }

    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(arguments, System.out, System.err));
    }

    /// @param arguments the first may be the file that the JVM was started for
    /// @return the exit status: 0 done, 1 not, 2 not understood
    public static int run(String[] arguments, PrintStream out, PrintStream errors) throws InterruptedException {
        int first = arguments.length > 0 && arguments[0].startsWith("/") ? 1 : 0;
        PilotAgent agent = new PilotAgent(out, errors);
        String verb = first < arguments.length ? arguments[first] : "";
        boolean understood = switch (verb) {
            case "wait" -> agent.read(arguments, first + 1, WAIT) && agent.words.isEmpty();
            case "request" ->
                agent.read(arguments, first + 1, Map.of("--debug-port", "15000"))
                        && agent.words.size() >= 2
                        && agent.words.size() <= 3;
            default -> false;
        };
        if (!understood) {
            errors.print(USAGE);
            return 2;
        }
        return verb.equals("wait") ? agent.await() : agent.request();
    }

    private boolean read(String[] arguments, int first, Map<String, String> known) {
        options.putAll(known);
        for (int i = first; i < arguments.length; i++) {
            int equals = arguments[i].indexOf('=');
            String name = equals < 0 ? arguments[i] : arguments[i].substring(0, equals);
            if (!arguments[i].startsWith("--")) {
                words.add(arguments[i]);
            } else if (!known.containsKey(name) || (equals < 0 && i + 1 == arguments.length)) {
                errors.println("pilot-agent: " + arguments[i] + ": unknown, or without a value");
                return false;
            } else {
                options.put(name, equals < 0 ? arguments[++i] : arguments[i].substring(equals + 1));
            }
        }
        return options.keySet().stream().allMatch(this::isNumberWhereWanted);
    }

    private boolean isNumberWhereWanted(String name) {
        boolean right = !options.containsKey(name)
                || name.equals("--url")
                || options.getOrDefault(name, "").matches("[1-9][0-9]{0,6}");
        if (!right) {
            errors.println("pilot-agent: " + name + ": '" + options.get(name) + "' (expected: a number from 1)");
        }
        return right;
    }

    private int number(String name) {
        return Integer.parseInt(options.getOrDefault(name, "0"));
    }

    private int await() throws InterruptedException {
        long end = System.nanoTime() + number("--timeoutSeconds") * 1_000_000_000L;
        String url = options.getOrDefault("--url", "");
        while (true) {
            String reason;
            try {
                int status = open(url, "GET", number("--requestTimeoutMillis")).getResponseCode();
                if (status >= 200 && status < 300) {
                    return 0;
                }
                reason = "status " + status;
            } catch (IOException | IllegalArgumentException e) {
                reason = e.toString();
            }
            if (System.nanoTime() - end >= 0) {
                errors.println(
                        "pilot-agent: " + url + " is not ready after " + number("--timeoutSeconds") + " s: " + reason);
                return 1;
            }
            Thread.sleep(number("--periodMillis"));
        }
    }

    private int request() {
        String path = words.get(1).startsWith("/") ? words.get(1) : "/" + words.get(1);
        String url = "http://localhost:" + number("--debug-port") + path;
        try {
            HttpURLConnection connection = open(url, words.get(0), REQUEST_MILLIS);
            if (words.size() > 2) {
                connection.setDoOutput(true);
                try (OutputStream body = connection.getOutputStream()) {
                    body.write(words.get(2).getBytes(StandardCharsets.UTF_8));
                }
            }
            int status = connection.getResponseCode();
            boolean good = status >= 200 && status < 300;
            InputStream answer = good ? connection.getInputStream() : connection.getErrorStream();
            if (answer != null) {
                answer.transferTo(good ? out : errors);
            }
            if (!good) {
                errors.println("pilot-agent: " + url + " answered with status " + status);
            }
            out.flush();
            return good ? 0 : 1;
        } catch (IOException | IllegalArgumentException e) {
            errors.println("pilot-agent: " + url + ": " + e.getMessage());
            return 1;
        }
    }

    private static HttpURLConnection open(String url, String method, int timeoutMillis) throws IOException {
        if (!(URI.create(url).toURL().openConnection() instanceof HttpURLConnection connection)) {
            throw new IOException("'" + url + "' is no HTTP address");
        }
        connection.setRequestMethod(method);
        connection.setConnectTimeout(timeoutMillis);
        connection.setReadTimeout(timeoutMillis);
        connection.setInstanceFollowRedirects(false);
        return connection;
    }
}
