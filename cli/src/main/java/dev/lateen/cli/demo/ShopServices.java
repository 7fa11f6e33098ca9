package dev.lateen.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The programs behind the shop's services, which exist in several languages and behave alike.
///
/// Thread: any.
public final class ShopServices {
    /// The languages, as the command line names them.
    public enum Language {
        JAVA,
        GO
    }

    private static final String NO_GO = "--services go needs Go 1.24 or later on PATH, and there is none: install it"
            + " (https://go.dev/dl, apt install golang-go, brew install go), or leave the option out for the same shop"
            + " in Java";

    private final Map<String, String> commands;

    private ShopServices(Map<String, String> commands) {
        this.commands = commands;
    }

    /// Makes what the language needs. Java's are compiled by their first start.
    ///
    /// @param demo the demo's directory in this installation
    /// @param build where built programs go
    /// @throws IllegalStateException when they cannot be built; the message says why
    public static ShopServices of(Language language, Path demo, Path build) {
        return switch (language) {
            case JAVA -> new ShopServices(Map.of());
            case GO -> go(demo.resolve("services").resolve("go"), build.resolve("demo-go"));
        };
    }

    /// A manifest with the commands of these services in place of Java's.
    String in(String manifest) {
        String changed = manifest;
        for (Map.Entry<String, String> command : commands.entrySet()) {
            changed = changed.replace(command.getKey(), command.getValue());
        }
        return changed;
    }

    private static ShopServices go(Path sources, Path programs) {
        Path log = programs.resolve("log");
        try {
            Files.createDirectories(programs);
            Process build = start(sources, programs, log);
            if (build.waitFor() != 0) {
                throw new IllegalStateException("the shop's Go services could not be built:\n"
                        + Files.readString(log).strip());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while building the shop's Go services", interrupted);
        }
        return new ShopServices(Map.of(
                "../services/java/run UserService", quoted(programs.resolve("user-service")),
                "../services/java/run OrderService", quoted(programs.resolve("order-service"))));
    }

    private static Process start(Path sources, Path programs, Path log) {
        List<String> words =
                List.of("go", "build", "-buildvcs=false", "-o", programs + "/", "./user-service", "./order-service");
        try {
            return new ProcessBuilder(words)
                    .directory(sources.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.to(log.toFile()))
                    .start();
        } catch (IOException _) {
            throw new IllegalStateException(NO_GO);
        }
    }

    /// One word of a command in YAML, whatever is in the path.
    private static String quoted(Path program) {
        return "\"'" + program.toAbsolutePath() + "'\"";
    }
}
