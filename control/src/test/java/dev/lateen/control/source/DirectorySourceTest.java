package dev.lateen.control.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lateen.control.store.ResourceStatus.Verdict;
import dev.lateen.control.store.ResourceStore;
import dev.lateen.model.resource.ResourceKey;
import dev.lateen.model.validate.ResourceReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Source and store together: what is in force after things happen to files.
class DirectorySourceTest {
    private static final String HOST = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: %s, namespace: default}
            spec:
              hosts: [%s.example.com]
              ports: [{number: 80, name: http, protocol: HTTP}]
              resolution: DNS
            """;

    @TempDir
    private Path directory;

    private final ResourceStore store = new ResourceStore();
    private final List<ConfigFile> seen = new CopyOnWriteArrayList<>();
    private DirectorySource source;

    @BeforeEach
    void start() throws IOException {
        write("a.yaml", HOST.formatted("one", "one"));
        source = new DirectorySource(List.of(directory), ResourceReader.create(), files -> {
            synchronized (store) {
                store.apply(files);
            }
            seen.addAll(files);
        });
        source.start();
        awaitNames("one");
    }

    @AfterEach
    void stop() throws IOException {
        source.close();
    }

    @Test
    void seesANewFile() throws IOException {
        write("b.yaml", HOST.formatted("two", "two"));

        awaitNames("one", "two");
    }

    @Test
    void seesAFileInANewDirectory() throws IOException {
        Files.createDirectories(directory.resolve("sub/deeper"));
        write("sub/deeper/b.yaml", HOST.formatted("two", "two"));

        awaitNames("one", "two");
    }

    @Test
    void seesAFileThatIsRenamedIntoPlace() throws IOException {
        write("b.yaml.tmp", HOST.formatted("two", "two"));
        Files.move(directory.resolve("b.yaml.tmp"), directory.resolve("a.yaml"), StandardCopyOption.REPLACE_EXISTING);

        awaitNames("two");
    }

    @Test
    void forgetsADeletedFile() throws IOException {
        Files.delete(directory.resolve("a.yaml"));

        awaitNames();
    }

    @Test
    void forgetsAResourceThatIsTakenOutOfItsFile() throws IOException {
        write("a.yaml", HOST.formatted("one", "one") + "---\n" + HOST.formatted("two", "two"));
        awaitNames("one", "two");

        write("a.yaml", HOST.formatted("two", "two"));

        awaitNames("two");
    }

    @Test
    void keepsEverythingOfAFileThatIsBroken() throws IOException {
        write("a.yaml", HOST.formatted("one", "one") + "---\n" + HOST.formatted("two", "two"));
        awaitNames("one", "two");

        write("a.yaml", "apiVersion: networking.istio.io/v1\nkind: [ServiceEntry\nmetadata: {na");
        write("marker.yaml", HOST.formatted("zz", "zz"));

        awaitNames("one", "two", "zz");
        synchronized (store) {
            assertThat(store.fileProblems()).isNotEmpty();
        }
    }

    @Test
    void keepsTheLastGoodVersionOfARefusedResource() throws IOException {
        write("a.yaml", HOST.formatted("one", "one").replace("number: 80", "number: eighty"));

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            synchronized (store) {
                assertThat(store.status().get(key("one")).verdict()).isEqualTo(Verdict.LAST_GOOD_KEPT);
            }
        });
        awaitNames("one");
    }

    @Test
    void passesOverWhatEditorsLeave() throws IOException {
        for (String name : List.of(".b.yaml.swp", "b.yaml~", "#b.yaml#", ".#b.yaml", "4913", "b.yaml.bak", "b.txt")) {
            write(name, HOST.formatted("bad", "bad"));
        }
        write("z.yaml", HOST.formatted("two", "two"));

        awaitNames("one", "two");
        assertThat(seen)
                .extracting(ConfigFile::name)
                .allMatch(name -> name.endsWith("a.yaml") || name.endsWith("z.yaml"));
    }

    @Test
    void keepsTheFirstOfTwoFilesWithOneName() throws IOException {
        write("b.yaml", HOST.formatted("one", "other"));
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            synchronized (store) {
                assertThat(store.status().get(key("one")).verdict()).isEqualTo(Verdict.DUPLICATE);
            }
        });

        Files.delete(directory.resolve("a.yaml"));

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            synchronized (store) {
                assertThat(store.status().get(key("one")).verdict()).isEqualTo(Verdict.ACCEPTED);
                assertThat(store.resources())
                        .singleElement()
                        .satisfies(
                                resource -> assertThat(resource.origin().file()).endsWith("b.yaml"));
            }
        });
    }

    private static ResourceKey key(String name) {
        return new ResourceKey("networking.istio.io", "ServiceEntry", "default", name);
    }

    private void awaitNames(String... names) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> {
                    List<String> now = new ArrayList<>();
                    synchronized (store) {
                        store.resources()
                                .forEach(resource -> now.add(resource.key().name()));
                    }
                    assertThat(new TreeSet<>(now)).isEqualTo(new TreeSet<>(Set.of(names)));
                });
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text);
    }
}
