package dev.lateen.proxy.tls;

import dev.lateen.proxy.config.Decoded;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Certificates, keys and authorities in files, which the control plane names `file-cert:CERT~KEY` and `file-root:PATH`
/// (or `file-root:system`). They are read when a cluster or listener first needs them and looked at again, since
/// whoever mounts them may replace them. Files that cannot be used leave the last good secret in force.
///
/// Thread: the chores loop, which may block for files.
public final class SecretFiles {
    static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final System.Logger LOG = System.getLogger(SecretFiles.class.getName());
    private static final String CERTIFICATE = "file-cert:";
    private static final String ROOT = "file-root:";
    private static final String NOBODY = "none-of-this-system";

    private final Secrets secrets;
    private final EventLoop chores;
    private final Runnable changed;
    /// What the files of each were when they were last read.
    private final Map<SecretRef, List<String>> followed = new HashMap<>();
    private boolean planned;

    /// @param changed runs after secrets have been read again
    public SecretFiles(Secrets secrets, EventLoop chores, Runnable changed) {
        this.secrets = secrets;
        this.chores = chores;
        this.changed = changed;
    }

    /// From now on these, of which others than files are not ours; what is not needed any more is forgotten.
    public void want(Set<SecretRef> refs) {
        for (SecretRef old : Set.copyOf(followed.keySet())) {
            if (!refs.contains(old)) {
                followed.remove(old);
                secrets.remove(old);
            }
        }
        for (SecretRef ref : refs) {
            if (isFile(ref) && !followed.containsKey(ref)) {
                read(ref);
            }
        }
        plan();
    }

    private void plan() {
        if (!planned && !followed.isEmpty()) {
            planned = true;
            chores.schedule(this::look, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        planned = false;
        Set<SecretRef> fresh = new HashSet<>();
        followed.forEach((ref, before) -> {
            if (!before.equals(versions(ref))) {
                fresh.add(ref);
            }
        });
        fresh.forEach(this::read);
        plan();
        if (!fresh.isEmpty()) {
            changed.run();
        }
    }

    private void read(SecretRef ref) {
        // Before the files are read: what is replaced meanwhile is read again.
        followed.put(ref, versions(ref));
        switch (decoded(ref)) {
            case Decoded.Ok<Secret>(Secret secret) -> secrets.put(ref, secret);
            case Decoded.Rejected<Secret>(String reason) -> LOG.log(System.Logger.Level.WARNING, reason);
        }
    }

    private static boolean isFile(SecretRef ref) {
        return ref.origin() == SecretRef.Origin.LOCAL
                && (ref.name().startsWith(CERTIFICATE) || ref.name().startsWith(ROOT));
    }

    /// The certificates first, then the key where there is one.
    private static List<Path> files(SecretRef ref) {
        if (ref.name().equals(ROOT + "system")) {
            return List.of(SystemAuthorities.bundle().orElse(Path.of(NOBODY)));
        }
        String names = ref.name().substring(ref.name().indexOf(':') + 1);
        List<Path> files = new ArrayList<>();
        for (String name : ref.name().startsWith(ROOT) ? List.of(names) : List.of(names.split("~", 2))) {
            files.add(Path.of(name));
        }
        return files;
    }

    private static List<String> versions(SecretRef ref) {
        List<String> versions = new ArrayList<>();
        for (Path file : files(ref)) {
            try {
                versions.add(Files.getLastModifiedTime(file) + " " + Files.size(file));
            } catch (IOException unreadable) {
                versions.add(unreadable.toString());
            }
        }
        return versions;
    }

    private static Decoded<Secret> decoded(SecretRef ref) {
        List<Path> files = files(ref);
        if (ref.name().startsWith(ROOT)) {
            return TlsDecoder.authoritiesIn(ref.name(), files.getFirst());
        }
        return files.size() == 2
                ? TlsDecoder.certificateIn(ref.name(), files.getFirst(), files.getLast())
                : new Decoded.Rejected<>("secret '" + ref.name() + "' (expected: file-cert:CERTIFICATE~KEY)");
    }
}
