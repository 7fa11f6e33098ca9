package dev.lateen.cli.pack;

import dev.lateen.proxy.config.BareTypesPack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Packs a sidecar's class path into one jar and leaves out what only costs it memory:
///
/// - Methods of generated protobuf messages that nothing calls. A message with thirty fields has some four hundred
///   methods, a sidecar reads a tenth of the fields, and the JVM keeps all of a class once it is loaded.
/// - Names of local variables, and the descriptors in holders of map entries (`LeanClasses`).
/// - Classes of ours, messages and parts of Guava that nothing refers to: the JVM keeps the directory of every jar that
///   it opens.
///
/// What counts as called is what a class other than a message names, of a message, of its interface or of a parent
/// of all messages, and what such methods call in turn. Asking a trimmed message for its fields by descriptor
/// (hence `toString` and JSON) goes through reflection and fails: the proxy uses `DynamicMessage` for that.
///
/// In their place come the types of bootstrap files in a form that need not stay in memory (`BareTypes`).
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
        classes.replaceOthers(new LeanClasses()::trim);
        classes.dropUnreferenced();
        classes.put(BareTypesPack.files());
        classes.write(Path.of(arguments[1]));
    }
}
