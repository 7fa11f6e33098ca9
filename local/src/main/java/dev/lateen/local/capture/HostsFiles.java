package dev.lateen.local.capture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;

/// What pods find at /etc/hosts, one file for each Kubernetes namespace, since a service's short name means something
/// in its own namespace only. The files are mounted into pods: they are rewritten in place, never replaced.
///
/// Thread: any.
final class HostsFiles {
    private static final String LOCAL = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";

    private final Path directory;
    private final ConcurrentSkipListSet<String> namespaces = new ConcurrentSkipListSet<>();
    private volatile Function<String, Map<String, List<String>>> names = _ -> Map.of();

    HostsFiles(Path directory) {
        this.directory = directory;
    }

    /// The file for pods of a namespace; it exists afterwards.
    Path ofNamespace(String namespace) {
        namespaces.add(namespace);
        writeOne(namespace);
        return file(namespace);
    }

    void write(Function<String, Map<String, List<String>>> namesIn) {
        names = namesIn;
        namespaces.forEach(this::writeOne);
    }

    private void writeOne(String namespace) {
        StringBuilder text = new StringBuilder(LOCAL);
        new TreeMap<>(names.apply(namespace))
                .forEach((name, addresses) -> addresses.forEach(
                        address -> text.append(address).append(' ').append(name).append('\n')));
        try {
            Files.createDirectories(directory);
            if (!Files.exists(file(namespace))
                    || !Files.readString(file(namespace)).contentEquals(text)) {
                overwrite(file(namespace), text.toString());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// In one write, and never empty in between: whoever resolves a name meanwhile finds it.
    private static void overwrite(Path file, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer padded = ByteBuffer.allocate((int) Math.max(bytes.length, channel.size()));
            padded.put(bytes);
            while (padded.hasRemaining()) {
                padded.put((byte) '\n');
            }
            padded.flip();
            while (padded.hasRemaining()) {
                channel.write(padded);
            }
            channel.truncate(bytes.length);
        }
    }

    private Path file(String namespace) {
        return directory.resolve(namespace);
    }
}
