package dev.lateen.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// Which build of the mesh this command belongs to. The images of the same build hold the same jars, whatever
/// their tag.
///
/// Thread: any.
final class BuildDigest {
    private static final int SHOWN = 16;

    private BuildDigest() {}

    /// Of the mesh's own jars; empty where it runs from classes that are in none.
    static String ofClassPath() throws IOException {
        return of(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(file -> file.getFileName().toString().matches("(\\d+-)?lateen-.*\\.jar"))
                .toList());
    }

    static String of(List<Path> jars) throws IOException {
        if (jars.isEmpty()) {
            return "";
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path jar : jars) {
                digest.update(Files.readAllBytes(jar));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, SHOWN);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
