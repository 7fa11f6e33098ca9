package dev.lateen.control.dashboard;

import dev.lateen.control.debug.MeshView;
import dev.lateen.control.store.ResourceStatus;
import dev.lateen.dashboard.edit.FileDocument;
import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.validate.ResourceReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Resources in watched directories. A file is replaced as a whole, so that nobody reads half of it; of its text only
/// the document changes that was edited. What holds a Secret is not opened.
///
/// Limits: files of 16 MiB, as they are watched. Whoever writes a file between our last look and its replacement loses.
///
/// Thread: any; one saves at a time.
final class FileHome implements ResourceHome {
    private static final String NEW = "new";
    private static final long MOST_BYTES = 16L << 20;

    private final List<Path> roots;
    private final MeshView mesh;
    private final ResourceReader reader = ResourceReader.create();

    FileHome(List<Path> roots, MeshView mesh) {
        this.roots = List.copyOf(roots);
        this.mesh = mesh;
    }

    private record Place(Path path, String whole, FileDocument document) {}

    @Override
    public Optional<Opened> open(ResourceKey key) throws IOException {
        Optional<Place> place = place(key);
        return place.isPresent() ? Optional.of(opened(place.get())) : Optional.empty();
    }

    @Override
    public Opened fresh(ResourceKey key) {
        Optional<Path> directory = roots.stream().filter(Files::isDirectory).findFirst();
        String name = key.name() + "-" + key.kind().toLowerCase(Locale.ROOT) + ".yaml";
        Path file = directory.orElse(Path.of("")).resolve(name);
        Optional<String> locked = directory.isEmpty()
                ? Optional.of("no directory is watched that a new file could be put into")
                : Files.exists(file) ? Optional.of(file + " is there already") : locked(file);
        return new Opened("", file.toString(), 1, NEW, locked, "");
    }

    @Override
    public synchronized Outcome save(ResourceKey key, String text, String version) throws IOException {
        if (version.equals(NEW)) {
            return create(key, text);
        }
        Optional<Place> place = place(key);
        if (place.isEmpty()) {
            return new Outcome.Conflict(key + " is not there any more", Optional.empty());
        }
        Opened now = opened(place.get());
        if (!now.version().equals(version)) {
            return new Outcome.Conflict(now.file() + " has changed since it was opened", Optional.of(now));
        }
        if (now.locked().isPresent()) {
            return new Outcome.Refused(now.locked().get());
        }
        String whole = place.get().document().with(text);
        replace(place.get().path(), whole);
        return new Outcome.Saved(hash(whole));
    }

    private Outcome create(ResourceKey key, String text) throws IOException {
        Opened fresh = fresh(key);
        if (fresh.locked().isPresent()) {
            return new Outcome.Refused(fresh.locked().get());
        }
        if (mesh.stored().status().containsKey(key)) {
            return new Outcome.Conflict(key + " has been made meanwhile", open(key));
        }
        Path path = Path.of(fresh.file());
        Path draft = draft(path);
        try {
            write(draft, text);
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
        return new Outcome.Saved(hash(text));
    }

    private Optional<Place> place(ResourceKey key) throws IOException {
        MeshView.Stored stored = mesh.stored();
        Optional<String> file = stored.resources().stream()
                .filter(resource -> resource.key().equals(key))
                .findFirst()
                .map(resource -> resource.origin().file())
                .or(() -> Optional.ofNullable(stored.status().get(key)).flatMap(FileHome::file));
        if (file.isEmpty() || !isWatched(Path.of(file.get()))) {
            return Optional.empty();
        }
        try {
            Path path = Path.of(file.get());
            if (Files.size(path) > MOST_BYTES) {
                return Optional.empty();
            }
            String whole = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(path)))
                    .toString();
            for (ParsedResource one : reader.read(whole, file.get())) {
                if (key(one).filter(key::equals).isPresent()) {
                    FileDocument document = FileDocument.at(whole, one.origin().line());
                    return holdsSecret(document) ? Optional.empty() : Optional.of(new Place(path, whole, document));
                }
            }
        } catch (NoSuchFileException _) {
            // As if it were not in the mesh any more, which it soon will not be.
        }
        return Optional.empty();
    }

    private boolean holdsSecret(FileDocument document) {
        return reader.read(document.text(), "").stream()
                .anyMatch(one ->
                        key(one).filter(key -> key.kind().equals("Secret")).isPresent());
    }

    private static Optional<String> file(ResourceStatus status) {
        return status.diagnostics().stream().map(one -> one.at().file()).findFirst();
    }

    private static Optional<ResourceKey> key(ParsedResource parsed) {
        return switch (parsed) {
            case ParsedResource.Valid(RawResource resource, var _) -> Optional.of(resource.key());
            case ParsedResource.Invalid(var key, var _, var _) -> key;
            case ParsedResource.Fragment _ -> Optional.empty();
        };
    }

    private boolean isWatched(Path file) {
        Path whole = file.toAbsolutePath().normalize();
        return roots.stream()
                .anyMatch(root -> whole.startsWith(root.toAbsolutePath().normalize()));
    }

    private static Opened opened(Place place) throws IOException {
        return new Opened(
                place.document().shown(),
                place.path().toString(),
                place.document().firstLine(),
                hash(place.whole()),
                locked(place.path().toRealPath()),
                "");
    }

    /// A new file is made beside the old one.
    private static Optional<String> locked(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isWritable(directory)) {
            return Optional.of("the control plane may not write to " + directory);
        }
        return Files.exists(file) && !Files.isWritable(file)
                ? Optional.of("the control plane may not write " + file)
                : Optional.empty();
    }

    /// Behind a link, it is what the link leads to that is replaced.
    private static void replace(Path file, String text) throws IOException {
        Path real = file.toRealPath();
        Path draft = draft(real);
        try {
            write(draft, text);
            PosixFileAttributeView from = Files.getFileAttributeView(real, PosixFileAttributeView.class);
            PosixFileAttributeView to = Files.getFileAttributeView(draft, PosixFileAttributeView.class);
            if (from != null && to != null) {
                to.setPermissions(from.readAttributes().permissions());
            }
            Files.move(draft, real, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /// Hidden, so that nobody takes it for configuration.
    private static Path draft(Path file) {
        return file.resolveSibling("." + file.getFileName() + ".lateen-draft");
    }

    private static void write(Path file, String text) throws IOException {
        Files.deleteIfExists(file); // of a process that was killed
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
