package dev.lateen.proxy.bootstrap;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.ProtoJson;
import dev.lateen.proxy.config.Refusal;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads an Envoy v3 bootstrap from a YAML or JSON file.
///
/// Thread: main.
public final class BootstrapFile {
    private BootstrapFile() {}

    public static Decoded<BootstrapConfig> read(Path file) {
        return Decoded.of(() -> parse(text(file), file.toString()));
    }

    /// @param name of the document, for errors
    static BootstrapConfig parse(String yaml, String name) {
        String json = YamlToJson.json(YamlToJson.tree(yaml, name), name);
        try {
            Bootstrap bootstrap = new ProtoJson()
                    .parse(json, "envoy.config.bootstrap.v3.Bootstrap", Bootstrap.newBuilder())
                    .build();
            return BootstrapDecoder.decode(bootstrap, name);
        } catch (InvalidProtocolBufferException e) {
            throw new Refusal(name + ": not an Envoy v3 bootstrap: " + e.getMessage());
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException _) {
            throw new Refusal(file + ": no such file");
        } catch (AccessDeniedException _) {
            throw new Refusal(file + ": permission denied");
        } catch (MalformedInputException _) {
            throw new Refusal(file + ": not UTF-8 text");
        } catch (IOException e) {
            throw new Refusal(file + ": cannot be read: " + e.getMessage());
        }
    }
}
