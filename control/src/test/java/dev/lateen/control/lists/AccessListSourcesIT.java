package dev.lateen.control.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.lateen.control.fetch.StandInLoop;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.policy.AccessList.Holds;
import dev.lateen.model.policy.AccessList.ListAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessListSourcesIT {
    private static final Duration OFTEN = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir
    private Path directory;

    private final AtomicReference<String> page = new AtomicReference<>("192.0.2.1\n");
    private final StandInLoop loop = new StandInLoop();
    private HttpServer server;
    private AccessListSources sources;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                byte[] body = page.get().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(page.get().isEmpty() ? 503 : 200, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        Files.createDirectory(directory.resolve("config"));
        sources = new AccessListSources(List.of(directory.resolve("config")), loop, loop::after, () -> {});
    }

    @AfterEach
    void stop() {
        loop.close();
        sources.close();
        server.stop(0);
    }

    private ListAddress url() {
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/list";
        return new ListAddress("", url, Holds.IP_BLOCKS, OFTEN, PATIENCE);
    }

    private static ListAddress file(String name) {
        return new ListAddress(name, "", Holds.PRINCIPALS, OFTEN, PATIENCE);
    }

    private void want(ListAddress address) {
        loop.execute(() -> sources.want(Map.of(address, List.of(Origin.NONE))));
    }

    private <T> T onLoop(Callable<T> question) {
        try {
            return loop.ask(question);
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitValues(ListAddress address, String... values) {
        await().untilAsserted(() -> assertThat(onLoop(sources::lists)).containsEntry(address, List.of(values)));
    }

    private void awaitProblem(String text) {
        await().untilAsserted(() -> assertThat(onLoop(sources::problems))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains(text)));
    }

    @Test
    void readsAgainWhatStandsAtAnAddress() {
        want(url());
        awaitValues(url(), "192.0.2.1");
        page.set("# now two\n192.0.2.2\n\n192.0.2.0/24 # a net\n");
        awaitValues(url(), "192.0.2.2", "192.0.2.0/24");
    }

    @Test
    void keepsTheLastGoodListAndSaysWhatIsWrongWithTheOther() {
        want(url());
        awaitValues(url(), "192.0.2.1");
        page.set("192.0.2.2\n192.0.2.300\n");
        awaitProblem("the 1 values that were read before stay in force: " + url().url()
                + ":2: not an IP address or subnet: '192.0.2.300'");
        awaitValues(url(), "192.0.2.1");
        page.set("192.0.2.3\n");
        awaitValues(url(), "192.0.2.3");
        assertThat(onLoop(sources::problems)).isEmpty();
    }

    @Test
    void saysThatAListWhichNeverCameCountsAsEmpty() {
        page.set("");
        want(url());
        awaitProblem("it counts as empty: " + url().url() + ": the answer has status 503");
        assertThat(onLoop(sources::areSettled)).isTrue();
    }

    @Test
    void readsFilesBelowTheConfiguration() throws IOException {
        Files.createDirectory(directory.resolve("config/lists"));
        Files.writeString(directory.resolve("config/lists/friends"), "cluster.local/ns/a/sa/b\n");
        want(file("lists/friends"));
        awaitValues(file("lists/friends"), "cluster.local/ns/a/sa/b");
        Files.writeString(directory.resolve("config/lists/friends"), "cluster.local/ns/a/sa/*\n");
        awaitValues(file("lists/friends"), "cluster.local/ns/a/sa/*");
    }

    @Test
    void readsNoFileThatALinkLeadsOutTo() throws IOException {
        Files.writeString(directory.resolve("secret"), "cluster.local/ns/a/sa/b\n");
        Files.createSymbolicLink(directory.resolve("config/link"), directory.resolve("secret"));
        want(file("link"));
        awaitProblem("is not below the configuration directory");
        assertThat(onLoop(sources::lists)).isEmpty();
    }

    @Test
    void saysWhereItLookedForAFile() {
        want(file("missing"));
        awaitProblem("there is no file " + directory.resolve("config/missing"));
    }
}
