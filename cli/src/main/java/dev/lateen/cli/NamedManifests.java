package dev.lateen.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// The manifests that a command is given: files, directories, and standard input as `-`.
final class NamedManifests {
    static final String STDIN = "-";
    static final int DEEPEST_DIRECTORY = 16;

    private NamedManifests() {}

    /// Files are taken whatever their names are, directories for their manifests.
    ///
    /// @param depth how far below a directory; 1 for its own files
    static List<String> files(List<String> names, int depth, CommandSpec spec) throws IOException {
        List<String> files = new ArrayList<>();
        for (String name : names) {
            Path path = Path.of(name);
            if (name.equals(STDIN) || Files.isRegularFile(path)) {
                files.add(name);
            } else if (Files.isDirectory(path)) {
                try (Stream<Path> below = Files.walk(path, depth)) {
                    below.filter(NamedManifests::isManifest)
                            .map(Path::toString)
                            .sorted()
                            .forEach(files::add);
                }
            } else {
                throw new ParameterException(spec.commandLine(), name + ": no such file or directory");
            }
        }
        return files;
    }

    private static boolean isManifest(Path file) {
        String name = file.toString();
        return (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json")) && Files.isRegularFile(file);
    }
}
