package dev.lateen.bench.sidebyside;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Drives load with another token in each request, by wrk: h2load's header fields are fixed.
final class TokenLoad {
    private static final String SCRIPT = """
            local requests, at = {}, 0
            function init(args)
              for token in io.lines(args[1]) do
                requests[#requests + 1] = wrk.format("GET", nil, {["authorization"] = "Bearer " .. token})
              end
            end
            function request()
              at = at %% #requests + 1
              return requests[at]
            end
            """.replace("%%", "%");
    private static final Pattern COUNT = Pattern.compile("(\\d+) requests in");
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern REFUSED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    private TokenLoad() {}

    static Load.Result closedLoop(Tokens tokens, int port, Duration time, Path scratch) {
        try {
            Path script = Files.writeString(scratch.resolve("tokens.lua"), SCRIPT);
            Process process = new ProcessBuilder(
                            "wrk",
                            "-t1",
                            "-c64",
                            "-d" + time.toSeconds() + "s",
                            "-s",
                            script.toString(),
                            "http://127.0.0.1:" + port + "/api/users/1",
                            tokens.writeTo(scratch.resolve("tokens.txt")).toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            Matcher count = COUNT.matcher(output);
            Matcher rate = RATE.matcher(output);
            if (!count.find() || !rate.find()) {
                throw new IllegalStateException("wrk said nothing usable for port " + port + ":\n" + output);
            }
            Matcher refusals = REFUSED.matcher(output);
            long refused = refusals.find() ? Long.parseLong(refusals.group(1)) : 0;
            return new Load.Result(
                    Long.parseLong(count.group(1)) - refused,
                    refused,
                    Double.parseDouble(rate.group(1)),
                    Double.NaN,
                    Double.NaN);
        } catch (IOException e) {
            throw new IllegalStateException("cannot run wrk (Debian: wrk)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
