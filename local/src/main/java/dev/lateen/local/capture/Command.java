package dev.lateen.local.capture;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs a command of the system to its end. Thread: any; it blocks for at most 20 s.
final class Command {
    private static final int LONGEST_SECONDS = 20;

    private Command() {}

    /// @throws IllegalStateException when the command fails; the message holds its words and what it said
    static String run(List<String> words) {
        return run(words, "");
    }

    static String run(List<String> words, String input) {
        String shown = String.join(" ", words);
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("`" + shown + "` takes longer than " + LONGEST_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException("`" + shown + "` failed: " + said.strip());
            }
            return said;
        } catch (IOException failure) {
            throw new IllegalStateException("`" + shown + "` cannot be run: " + failure.getMessage(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running `" + shown + "`", interrupted);
        }
    }
}
