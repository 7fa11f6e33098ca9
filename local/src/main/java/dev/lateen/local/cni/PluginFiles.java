package dev.lateen.local.cni;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The plugin's traces on a node: its program, and its place in the network's configuration. Putting it there
/// may be repeated; a configuration that another tool has written anew gets it again.
///
/// Thread: one.
final class PluginFiles {
    private static final Logger LOG = LoggerFactory.getLogger(PluginFiles.class);
    /// Sorts behind the networks that pods are to have.
    private static final String OWN_FILE = "YYY-istio-cni.conf";

    private static final String SINGLE = ".conf";
    private static final String LIST = ".conflist";
    /// What became a list waits under this name.
    private static final String KEPT = ".before-mesh";

    private static final Set<PosixFilePermission> PROGRAM = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> CONFIGURATION = PosixFilePermissions.fromString("rw-r--r--");

    private final NodeAgentSettings.Files settings;

    PluginFiles(NodeAgentSettings.Files settings) {
        this.settings = settings;
    }

    /// @return what is missing yet, in words; empty when the plugin is in its place
    Optional<String> install() throws IOException {
        Path program = settings.programs().resolve(NetworkConfig.PLUGIN);
        if (AtomicFile.write(program, Files.readAllBytes(settings.plugin()), PROGRAM)) {
            LOG.atInfo().addKeyValue("file", program).log("the plugin is put onto the node");
        }
        if (!settings.chained()) {
            byte[] own = NetworkConfig.alone(settings.socketOnNode()).getBytes(StandardCharsets.UTF_8);
            AtomicFile.write(ownFile(), own, CONFIGURATION);
            return Optional.empty();
        }
        Optional<Path> network = network();
        if (network.isEmpty()) {
            return Optional.of(
                    settings.configurationName().isEmpty()
                            ? settings.configurations() + " has no configuration of a network yet"
                            : settings.configurations().resolve(settings.configurationName()) + " is not there yet");
        }
        return chain(network.get());
    }

    private Optional<String> chain(Path network) throws IOException {
        Optional<String> changed = NetworkConfig.with(Files.readString(network), settings.socketOnNode());
        if (changed.isEmpty()) {
            return Optional.of(network + " is no configuration of a network");
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(network);
        boolean single = network.toString().endsWith(SINGLE);
        Path target = single ? network.resolveSibling(network.getFileName() + "list") : network;
        if (AtomicFile.write(target, changed.get().getBytes(StandardCharsets.UTF_8), permissions)) {
            LOG.atInfo().addKeyValue("file", target).log("the plugin is added to the node's network");
        }
        if (single) {
            Files.move(network, network.resolveSibling(network.getFileName() + KEPT));
        }
        return Optional.empty();
    }

    /// Takes all of it away again.
    void remove() throws IOException {
        for (Path file : list(LIST)) {
            Path single = file.resolveSibling(file.getFileName().toString().replace(LIST, SINGLE) + KEPT);
            if (Files.exists(single)) {
                Files.move(
                        single,
                        file.resolveSibling(file.getFileName().toString().replace(LIST, SINGLE)));
                Files.delete(file);
            } else {
                String text = Files.readString(file);
                String without = NetworkConfig.without(text);
                if (!without.equals(text)) {
                    AtomicFile.write(
                            file, without.getBytes(StandardCharsets.UTF_8), Files.getPosixFilePermissions(file));
                }
            }
        }
        if (!settings.chained()) {
            Files.deleteIfExists(ownFile());
        }
        Files.deleteIfExists(settings.programs().resolve(NetworkConfig.PLUGIN));
        LOG.atInfo().log("the plugin is taken from the node");
    }

    private Path ownFile() {
        return settings.configurations()
                .resolve(settings.configurationName().isEmpty() ? OWN_FILE : settings.configurationName());
    }

    /// As runtimes choose it: the first by its name.
    private Optional<Path> network() throws IOException {
        if (!settings.configurationName().isEmpty()) {
            Path named = settings.configurations().resolve(settings.configurationName());
            Path list = named.resolveSibling(named.getFileName() + "list");
            return Stream.of(named, list).filter(Files::isRegularFile).findFirst();
        }
        return Stream.concat(list(SINGLE).stream(), list(LIST).stream())
                .filter(file -> !file.getFileName().toString().equals(OWN_FILE))
                .sorted()
                .findFirst();
    }

    private List<Path> list(String ending) throws IOException {
        try (Stream<Path> files = Files.list(settings.configurations())) {
            return files.filter(file -> file.toString().endsWith(ending)
                            && !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}
