package dev.lateen.identity.ca;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The record of every certificate that was issued, one JSON object a line, and by it who holds what now. It is written
/// before a certificate is given out: one that cannot be recorded is not issued.
///
/// Limits: 16 MiB; what was before is kept in a second file, and what was before that is dropped. 100,000 holders.
///
/// Thread: any.
final class IssuanceLog {
    private static final String NAME = "issued.jsonl";
    private static final String OLDER = "issued.1.jsonl";
    private static final long MAX_BYTES = 16L << 20;
    private static final int MAX_HOLDERS = 100_000;
    /// Who asks later than that does not ask because an answer was lost, not even one that it waited for.
    private static final Duration RETRIES = Duration.ofMinutes(1);
    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-------");
    private static final Pattern LINE = Pattern.compile(
            "\\{\"at\":\"([^\"]*)\",\"id\":\"([^\"]*)\",\"holder\":\"([^\"]*)\","
                    + "\"serial\":\"([^\"]*)\",\"notAfter\":\"([^\"]*)\",\"signer\":\"([^\"]*)\",\"bundle\":\"([^\"]*)\"}");

    private final Path file;
    private final Path older;
    /// The latest certificate of each holder.
    private final Map<String, Held> latest = new LinkedHashMap<>();

    /// @param holder where the request came from: two workloads of one identity are told apart by it
    /// @param signer fingerprint of the certificate that signed
    /// @param bundle fingerprint of the roots that were given out with it
    record Issued(Instant at, String id, String holder, String serial, Instant notAfter, String signer, String bundle) {
        String key() {
            return id + " " + holder;
        }
    }

    /// What a holder has.
    ///
    /// @param latest what it was given last; that answer may have been lost
    /// @param surely what it was given before that, if it did not come back soon: then that arrived
    record Held(Issued latest, Optional<Issued> surely) {
        /// Whether it has something of this kind for sure.
        boolean has(Predicate<Issued> kind, Instant settled) {
            return kind.test(latest)
                    && (!latest.at().isAfter(settled) || surely.filter(kind).isPresent());
        }

        private Held then(Issued next) {
            return new Held(next, next.at().minus(RETRIES).isBefore(latest.at()) ? surely : Optional.of(latest));
        }
    }

    private IssuanceLog(Path directory) {
        this.file = directory.resolve(NAME);
        this.older = directory.resolve(OLDER);
    }

    static IssuanceLog open(Path directory) throws IOException {
        IssuanceLog log = new IssuanceLog(directory);
        for (Path part : List.of(log.older, log.file)) {
            if (Files.exists(part)) {
                try (var lines = Files.lines(part)) {
                    lines.map(IssuanceLog::parse).flatMap(Optional::stream).forEach(log::hold);
                }
            }
        }
        return log;
    }

    synchronized void record(Issued issued) throws IOException {
        if (Files.exists(file) && Files.size(file) > MAX_BYTES) {
            Files.move(file, older, StandardCopyOption.REPLACE_EXISTING);
        }
        boolean fresh = !Files.exists(file);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            if (fresh && file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(file, MODE);
            }
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(line(issued));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        hold(issued);
    }

    /// The latest certificates that have not ended.
    synchronized List<Held> held(Instant now) {
        latest.values().removeIf(held -> !held.latest().notAfter().isAfter(now));
        return List.copyOf(latest.values());
    }

    static Issued of(Instant at, String holder, X509Certificate leaf, String id, SigningKey signer) {
        return new Issued(
                at,
                id,
                plain(holder),
                leaf.getSerialNumber().toString(16),
                leaf.getNotAfter().toInstant(),
                Fingerprint.of(List.of(signer.certificate())),
                Fingerprint.of(signer.roots()));
    }

    private void hold(Issued issued) {
        if (latest.size() >= MAX_HOLDERS && !latest.containsKey(issued.key())) {
            latest.remove(latest.keySet().iterator().next());
        }
        Held before = latest.get(issued.key());
        latest.put(issued.key(), before == null ? new Held(issued, Optional.empty()) : before.then(issued));
    }

    /// Nothing in it needs escapes: names and numbers are checked where they come from.
    private static String line(Issued issued) {
        return "{\"at\":\"" + issued.at() + "\",\"id\":\"" + issued.id() + "\",\"holder\":\"" + issued.holder()
                + "\",\"serial\":\"" + issued.serial() + "\",\"notAfter\":\"" + issued.notAfter() + "\",\"signer\":\""
                + issued.signer() + "\",\"bundle\":\"" + issued.bundle() + "\"}\n";
    }

    static String plain(String holder) {
        return holder.replaceAll("[^A-Za-z0-9.:_\\[\\]-]", "_");
    }

    /// A line that a crash cut short is skipped.
    private static Optional<Issued> parse(String line) {
        Matcher found = LINE.matcher(line);
        if (!found.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Issued(
                    Instant.parse(found.group(1)),
                    found.group(2),
                    found.group(3),
                    found.group(4),
                    Instant.parse(found.group(5)),
                    found.group(6),
                    found.group(7)));
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }
}
