package dev.lateen.control.debug;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// Which release runs, in istiod's form `<version>-<revision>-<state of the sources>`.
///
/// Thread: any (immutable).
///
/// Source: istiod's page `/version`.
///
/// @param revision of the sources; `unknown` where the build was not told
public record BuildVersion(String version, String revision, String status) {
    private static final String UNKNOWN = "unknown";

    /// Of this program.
    public static BuildVersion read() {
        Properties properties = new Properties();
        try (InputStream stream = BuildVersion.class.getResourceAsStream("version.properties")) {
            if (stream != null) {
                properties.load(stream);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new BuildVersion(properties.getProperty("version", UNKNOWN), UNKNOWN, "Clean");
    }

    /// In istiod's form.
    @Override
    public String toString() {
        return version + "-" + revision + "-" + status;
    }
}
