package dev.lateen.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// One file with many in it (ZIP), none of them larger than is good, and all together neither.
///
/// Thread: one.
public final class Archive implements AutoCloseable {
    private final ZipOutputStream out;
    private final int mostOfOne;
    private long left;
    private int leftOut;

    private Archive(OutputStream out, int mostOfOne, long most) {
        this.out = new ZipOutputStream(out, StandardCharsets.UTF_8);
        this.mostOfOne = mostOfOne;
        this.left = most;
    }

    /// @param mostOfOne bytes of one file; what is longer loses its beginning
    /// @param most bytes of all files; what comes after is left out
    public static Archive create(Path file, int mostOfOne, long most) throws IOException {
        return new Archive(Files.newOutputStream(file), mostOfOne, most);
    }

    public void add(String name, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int from = Math.max(0, bytes.length - mostOfOne);
        if (bytes.length - from > left) {
            leftOut++;
            return;
        }
        left -= bytes.length - from;
        out.putNextEntry(new ZipEntry(name));
        if (from > 0) {
            out.write(("[the first " + from + " bytes are left out]\n").getBytes(StandardCharsets.UTF_8));
        }
        out.write(bytes, from, bytes.length - from);
        out.closeEntry();
    }

    /// Files that had no room.
    public int leftOut() {
        return leftOut;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
