package dev.lateen.local.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PluginFilesTest {
    private static final String LIST = "{\"name\":\"net\",\"plugins\":[{\"type\":\"bridge\"}]}\n";
    private static final String SINGLE = "{\"name\":\"net\",\"type\":\"bridge\"}";

    @TempDir
    private Path directory;

    private Path programs;
    private Path configurations;
    private Path plugin;

    @BeforeEach
    void prepare() throws IOException {
        programs = Files.createDirectory(directory.resolve("bin"));
        configurations = Files.createDirectory(directory.resolve("net.d"));
        plugin = Files.writeString(directory.resolve("plugin"), "program");
    }

    @Test
    void joinsTheFirstNetworkAndLeavesNothingBehind() throws IOException {
        Files.writeString(configurations.resolve("10-a.conflist"), LIST);
        Files.writeString(configurations.resolve("20-b.conflist"), LIST);
        PluginFiles files = files("", true);
        assertThat(files.install()).isEmpty();
        assertThat(configurations.resolve("10-a.conflist")).content().contains("istio-cni");
        assertThat(configurations.resolve("20-b.conflist")).content().isEqualTo(LIST);
        assertThat(programs.resolve("istio-cni")).isExecutable().hasContent("program");
        files.remove();
        assertThat(configurations.resolve("10-a.conflist")).content().isEqualTo(LIST);
        assertThat(names(programs)).isEmpty();
        assertThat(names(configurations)).containsExactly("10-a.conflist", "20-b.conflist");
    }

    @Test
    void comesBackWhereAnotherToolHasWrittenTheFileAnew() throws IOException {
        Path network = Files.writeString(configurations.resolve("10-a.conflist"), LIST);
        PluginFiles files = files("", true);
        files.install();
        Files.writeString(network, LIST);
        files.install();
        assertThat(network).content().contains("istio-cni");
    }

    @Test
    void putsTheFileOfASinglePluginAsideWhileItIsThere() throws IOException {
        Files.writeString(configurations.resolve("10-a.conf"), SINGLE);
        PluginFiles files = files("10-a.conf", true);
        assertThat(files.install()).isEmpty();
        assertThat(names(configurations)).containsExactly("10-a.conf.before-mesh", "10-a.conflist");
        assertThat(files.install()).isEmpty();
        files.remove();
        assertThat(names(configurations)).containsExactly("10-a.conf");
        assertThat(configurations.resolve("10-a.conf")).content().isEqualTo(SINGLE);
    }

    @Test
    void waitsForTheNetworkThatIsNamed() throws IOException {
        Files.writeString(configurations.resolve("10-a.conflist"), LIST);
        assertThat(files("20-b.conflist", true).install())
                .hasValueSatisfying(text -> assertThat(text).contains("20-b.conflist is not there yet"));
        assertThat(configurations.resolve("10-a.conflist")).content().isEqualTo(LIST);
    }

    @Test
    void hasAFileOfItsOwnWhereItIsNotChained() throws IOException {
        Files.writeString(configurations.resolve("10-a.conflist"), LIST);
        PluginFiles files = files("", false);
        assertThat(files.install()).isEmpty();
        assertThat(names(configurations)).containsExactly("10-a.conflist", "YYY-istio-cni.conf");
        assertThat(configurations.resolve("10-a.conflist")).content().isEqualTo(LIST);
        files.remove();
        assertThat(names(configurations)).containsExactly("10-a.conflist");
    }

    private PluginFiles files(String name, boolean chained) {
        return new PluginFiles(
                new NodeAgentSettings.Files(plugin, programs, configurations, name, chained, "/run/socket"));
    }

    private static List<String> names(Path directory) {
        return Stream.of(Objects.requireNonNull(directory.toFile().list()))
                .sorted()
                .toList();
    }
}
