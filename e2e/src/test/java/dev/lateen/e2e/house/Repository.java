package dev.lateen.e2e.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The checkout that the tests run in.
final class Repository {
    static final Path ROOT = find(Path.of("").toAbsolutePath());

    private Repository() {}

    static List<Path> javaFiles() {
        return files(ROOT, ".java").stream()
                .filter(file -> !file.toString().contains("/target/"))
                .toList();
    }

    static List<Path> files(Path directory, String ending) {
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(file -> file.toString().endsWith(ending))
                    .filter(file -> !file.toString().contains("/target/")
                            && !file.toString().contains("/.lateen/"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path find(Path from) {
        for (Path directory = from; directory != null; directory = directory.getParent()) {
            if (Files.exists(directory.resolve("LICENSE")) && Files.exists(directory.resolve("pom.xml"))) {
                return directory;
            }
        }
        throw new IllegalStateException("not inside a checkout: " + from);
    }
}
