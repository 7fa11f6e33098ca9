package dev.lateen.control.lists;

import dev.lateen.control.fetch.WebFetcher;
import dev.lateen.model.policy.AccessList.ListAddress;
import dev.lateen.model.validate.AccessListText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads a list where it stands.
///
/// Limits: 4 MiB; files below the configuration's directories only, whatever links say.
///
/// Thread: any that may block.
final class ListReader implements AutoCloseable {
    private static final int MOST_BYTES = 4 << 20;

    private final List<Path> roots;
    private final WebFetcher web = new WebFetcher("text/plain, */*", MOST_BYTES);

    /// @param roots directories of the configuration
    ListReader(List<Path> roots) {
        this.roots = List.copyOf(roots);
    }

    /// The values.
    ///
    /// Errors: `IOException` that says what is wrong with the list, with its line, or why there is none.
    List<String> read(ListAddress address) throws IOException, InterruptedException {
        String text = address.file().isEmpty() ? web.get(address.url(), address.patience()) : file(address.file());
        return switch (AccessListText.parse(text, address.holds())) {
            case AccessListText.Good(List<String> values) -> values;
            case AccessListText.Bad(int line, String reason) ->
                throw new IOException(address.place() + ":" + line + ": " + reason);
        };
    }

    private String file(String relative) throws IOException {
        List<String> tried = new ArrayList<>();
        for (Path root : roots) {
            Path file = root.resolve(relative);
            tried.add(file.toString());
            if (Files.exists(file)) {
                return text(root.toRealPath(), file.toRealPath());
            }
        }
        throw new IOException("there is no file " + String.join(" or ", tried));
    }

    private static String text(Path root, Path file) throws IOException {
        if (!file.startsWith(root)) {
            throw new IOException(file + " is not below the configuration directory");
        }
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " is not a file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IOException(file + " is longer than " + (MOST_BYTES >> 20) + " MiB");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (NoSuchFileException _) {
            throw new IOException(file + " is gone");
        }
    }

    @Override
    public void close() {
        web.close();
    }
}
