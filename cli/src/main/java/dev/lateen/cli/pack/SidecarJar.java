package dev.lateen.cli.pack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Packs a sidecar's class path into one jar and leaves out what only costs it memory:
///
/// - Methods of generated protobuf messages that nothing calls. A message with thirty fields has some four hundred
///   methods, a sidecar reads a tenth of the fields, and the JVM keeps all of a class once it is loaded.
/// - Classes of ours, messages and parts of Guava that nothing refers to: the JVM keeps the directory of every jar that
///   it opens.
///
/// What counts as called is any method of that name and type that a class other than a message names, and what such
/// methods call in turn. Owners are not told apart, so too much stays rather than too little. Asking a trimmed message
/// for its fields by descriptor (hence `toString` and JSON) goes through reflection and fails: the proxy uses
/// `DynamicMessage` for that.
///
/// Usage: `SidecarJar CLASS_PATH OUT.jar`. The launcher runs it once a build.
///
/// Thread: main.
public final class SidecarJar {
    private SidecarJar() {}

    public static void main(String[] arguments) throws IOException {
        var jars = Stream.of(arguments[0].split(":"))
                .map(Path::of)
                .filter(Files::isRegularFile)
                .toList();
        var classes = new PackedFiles(jars);
        classes.read();
        classes.dropUnreferenced();
        var methods = new CalledMethods(classes);
        methods.follow();
        classes.replaceMessages(methods::trim);
        classes.dropUnreferenced();
        classes.write(Path.of(arguments[1]));
    }
}
