package dev.lateen.bench.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Drives load by h2load, which speaks HTTP/1.1 and HTTP/2 alike, closed loop or at a fixed rate.
final class Load {
    static final int BODY_BYTES = 8 << 20;

    private static final int CONNECTIONS = 64;
    private static final int BODY_CONNECTIONS = 8;
    private static final int HTTP2_CONNECTIONS = 16;
    private static final int HTTP2_STREAMS = 8;
    private static final Pattern FINISHED = Pattern.compile("finished in ([0-9.]+)(us|ms|s|m), ([0-9.]+) req/s");
    private static final Pattern COUNTS = Pattern.compile(
            "requests: \\d+ total, \\d+ started, \\d+ done, (\\d+) succeeded, (\\d+) failed, (\\d+) errored");

    private Load() {}

    /// @param succeeded answers with status 2xx
    /// @param p50Millis NaN where latencies were not logged
    record Result(long succeeded, long failed, double perSecond, double p50Millis, double p99Millis) {}

    /// As fast as the proxy answers, for `time`.
    static Result closedLoop(Scenario scenario, int port, Duration time, Path scratch) throws IOException {
        return switch (scenario.traffic()) {
            case Scenario.WithTokens(Tokens.Algorithm algorithm, boolean many)
            when many -> TokenLoad.closedLoop(Tokens.of(algorithm), port, time, scratch);
            case Scenario.Handshakes(boolean mutual, boolean resumed) ->
                HandshakeLoad.closedLoop(Credentials.in(scratch), mutual, resumed, port, time);
            case Scenario.Bodies(boolean upload) -> bodies(upload, port, time, scratch);
            case Scenario.Messages messages ->
                switch (messages) {
                    case WEBSOCKET -> MessageLoad.webSocket(port, time);
                    case GRPC -> MessageLoad.grpc(port, time);
                };
            case Scenario.Protocol _, Scenario.WithTokens _, Scenario.Idle _, Scenario.Clusters _ ->
                closedLoop(scenario, port, time);
        };
    }

    private static Result closedLoop(Scenario scenario, int port, Duration time) {
        List<String> command = base(scenario, port);
        boolean http2 = scenario.traffic() == Scenario.Protocol.HTTP_2;
        command.addAll(List.of(
                "-c", Integer.toString(http2 ? HTTP2_CONNECTIONS : CONNECTIONS),
                "-m", Integer.toString(http2 ? HTTP2_STREAMS : 1),
                "-D", Long.toString(time.toSeconds())));
        return run(command, port, null);
    }

    private static Result bodies(boolean upload, int port, Duration time, Path scratch) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "h2load",
                "-t",
                "1",
                "--h1",
                "-m",
                "1",
                "-c",
                Integer.toString(BODY_CONNECTIONS),
                "-D",
                Long.toString(time.toSeconds())));
        if (upload) {
            Path body = scratch.resolve("body");
            Files.write(body, new byte[BODY_BYTES]);
            command.addAll(List.of("-d", body.toString()));
        }
        command.add("http://127.0.0.1:" + port + "/large");
        return run(command, port, null);
    }

    /// `perSecond` requests each second over 20 connections, each latency logged. Nothing where it
    /// would measure another thing than the closed loop.
    static Result fixedRate(Scenario scenario, int port, int perSecond, Duration time, Path scratch) {
        if (!scenario.paced()) {
            return new Result(0, 0, 0, Double.NaN, Double.NaN);
        }
        List<String> command = base(scenario, port);
        Path log = scratch.resolve("latency-" + port + ".log");
        int connections = 20;
        command.addAll(List.of(
                "-c", Integer.toString(connections),
                "-m", "1",
                "--rps", Integer.toString(perSecond / connections),
                "-n", Long.toString(perSecond * time.toSeconds()),
                "--log-file", log.toString()));
        return run(command, port, log);
    }

    private static List<String> base(Scenario scenario, int port) {
        List<String> command = new ArrayList<>(List.of("h2load", "-t", "1"));
        if (scenario.traffic() != Scenario.Protocol.HTTP_2) {
            command.add("--h1");
        }
        if (scenario.traffic() instanceof Scenario.WithTokens(Tokens.Algorithm algorithm, boolean _)) {
            command.addAll(List.of(
                    "-H", "authorization: Bearer " + Tokens.of(algorithm).all().getFirst()));
        }
        command.addAll(List.of("-H", "x-bench: yes", "http://127.0.0.1:" + port + "/api/users/1"));
        return command;
    }

    private static Result run(List<String> command, int port, @org.jspecify.annotations.Nullable Path log) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            process.waitFor();
            Matcher finished = FINISHED.matcher(output);
            Matcher counts = COUNTS.matcher(output);
            if (!finished.find() || !counts.find()) {
                throw new IllegalStateException("h2load said nothing usable for port " + port + ":\n" + output);
            }
            long[] latencies = log == null ? new long[0] : latencies(log);
            return new Result(
                    Long.parseLong(counts.group(1)),
                    Long.parseLong(counts.group(2)) + Long.parseLong(counts.group(3)),
                    Double.parseDouble(finished.group(3)),
                    percentileMillis(latencies, 0.5),
                    percentileMillis(latencies, 0.99));
        } catch (IOException e) {
            throw new IllegalStateException("cannot run h2load (Debian: nghttp2-client)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static double percentileMillis(long[] sortedMicros, double share) {
        if (sortedMicros.length == 0) {
            return Double.NaN;
        }
        int index = (int) Math.min(sortedMicros.length - 1L, Math.round(sortedMicros.length * share));
        return sortedMicros[index] / 1000.0;
    }

    /// Column 3 of a line is the time of one request in microseconds.
    private static long[] latencies(Path log) throws IOException {
        long[] sorted = Files.readAllLines(log).stream()
                .mapToLong(line -> Long.parseLong(line.split("\t")[2]))
                .toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
