package dev.lateen.cli;

import dev.lateen.local.process.Children;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Option;

/// The option of commands that lead to a page.
final class Browser {
    @Option(
            names = "--browser",
            paramLabel = "BOOLEAN",
            description = "Open it in a browser (default: ${DEFAULT-VALUE}).",
            defaultValue = "true",
            arity = "1")
    private boolean wanted = true;

    /// Says where the page is.
    void show(String url, PrintWriter out) throws IOException {
        out.println(url);
        out.flush();
        if (wanted) {
            open(url, out);
        }
    }

    /// The end of the process closes the way to the page.
    static void stay(PrintWriter out) throws InterruptedException {
        out.println("the way there is open until Ctrl-C");
        out.flush();
        new CountDownLatch(1).await();
    }

    private static void open(String url, PrintWriter out) throws IOException {
        for (String opener : List.of("xdg-open", "open")) {
            if (Children.onPath(opener).isPresent()) {
                new ProcessBuilder(opener, url)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                return;
            }
        }
        out.println("there is nothing here that opens a browser: give it the address above");
        out.flush();
    }
}
