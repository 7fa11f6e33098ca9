package dev.lateen.local.process;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/// A shell that kills process groups, and then runs some last commands, when the pipe from us closes. It lives in a
/// session of its own, so that Ctrl-C in
/// the terminal does not end it first.
///
/// Thread: any.
final class Watchdog implements AutoCloseable {
    /// Reads `+ PID`, `- PID` and `! COMMAND`. Each child leads a group of its own, so that its own children are
    /// reached too.
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            guarded=' ' last=
            while read -r change pid; do
              case $change in
                !) last="$last$pid;" ;;
                +) guarded="$guarded$pid " ;;
                -) guarded="${guarded%% $pid *} ${guarded#* $pid }" ;;
              esac
            done
            for pid in $guarded; do kill -KILL "-$pid" 2> /dev/null || kill -KILL "$pid" 2> /dev/null; done
            eval "$last"
            exit 0
            """;

    private final Process shell;

    private Watchdog(Process shell) {
        this.shell = shell;
    }

    static Watchdog start(Optional<Path> setsid) throws IOException {
        List<String> words = new ArrayList<>();
        setsid.ifPresent(tool -> words.add(tool.toString()));
        words.addAll(List.of("/bin/sh", "-c", SCRIPT));
        Process shell = new ProcessBuilder(words)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        return new Watchdog(shell);
    }

    void guard(long pid) {
        tell("+ " + pid + "\n");
    }

    void release(long pid) {
        tell("- " + pid + "\n");
    }

    /// Remembers a command for the end, whatever that will be.
    void last(List<String> command) {
        StringJoiner words = new StringJoiner(" ", "! ", "\n");
        command.forEach(word -> words.add("'" + word.replace("'", "'\\''") + "'"));
        tell(words.toString());
    }

    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
        } catch (IOException _) {
            shell.destroyForcibly(); // its pipe is gone, and with it whatever it could still do
        }
    }

    private synchronized void tell(String line) {
        try {
            OutputStream pipe = shell.getOutputStream();
            pipe.write(line.getBytes(StandardCharsets.US_ASCII));
            pipe.flush();
        } catch (IOException _) {
            // The watchdog has been closed or killed; the two other nets remain.
        }
    }
}
