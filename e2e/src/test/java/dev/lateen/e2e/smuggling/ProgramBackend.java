package dev.lateen.e2e.smuggling;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.ObjectMapper;

/// Another project's server as a process of its own, which writes a line for each whole request: `SEEN METHOD TARGET
/// "BODY"` with a JSON string, behind the status where it may have refused it; and `BAD …` for what it could not read.
final class ProgramBackend implements Backend {
    private static final Pattern PORT = Pattern.compile("PORT (\\d+)|Listening at: http://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern SEEN = Pattern.compile("(?:(\\d{3}) )?SEEN (\\S*) (\\S*) (\".*\")");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final boolean http2;
    private final Process process;
    private final Path out;
    private final int port;

    private ProgramBackend(String name, boolean http2, Path directory, int port, List<String> command)
            throws IOException {
        this.name = name;
        this.http2 = http2;
        this.out = directory.resolve("out");
        this.process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
                .start();
        this.port = port > 0 ? awaitListening(port) : awaitPort();
    }

    /// All that are installed; tells which are not.
    static List<Backend> installed() throws IOException, InterruptedException {
        List<Backend> servers = new ArrayList<>();
        Optional<Path> nginx = find("nginx");
        if (nginx.isPresent()) {
            servers.add(nginx(nginx.get(), false));
            servers.add(nginx(nginx.get(), true));
        }
        Optional<Path> node = find("node");
        if (node.isPresent()) {
            Path directory = directory("node.js");
            servers.add(new ProgramBackend(
                    "node", false, directory, 0, List.of(node.get().toString(), "node.js")));
        }
        Optional<Path> gunicorn = find("gunicorn");
        if (gunicorn.isPresent()) {
            String options = "-b 127.0.0.1:0 -k gthread --threads 16 --keep-alive 60 python_app:app";
            List<String> command = new ArrayList<>(List.of(gunicorn.get().toString()));
            command.addAll(List.of(options.split(" ")));
            servers.add(new ProgramBackend("python", false, directory("python_app.py"), 0, command));
        }
        Optional<Path> go = find("go");
        if (go.isPresent()) {
            Path directory = directory("server.go");
            int built = new ProcessBuilder(go.get().toString(), "build", "-o", "server", "server.go")
                    .directory(directory.toFile())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (built == 0) {
                String server = directory.resolve("server").toString();
                servers.add(new ProgramBackend("go", false, directory, 0, List.of(server)));
                servers.add(new ProgramBackend("go-h2", true, copy(directory), 0, List.of(server, "h2")));
            }
        }
        return servers;
    }

    private static Optional<Path> find(String program) {
        List<Path> candidates = new ArrayList<>();
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            candidates.add(Path.of(directory, program));
        }
        candidates.add(Path.of("/usr/sbin", program));
        candidates.add(
                Path.of("..", ".lateen", "tools", "python", "bin", program).toAbsolutePath());
        Optional<Path> found = candidates.stream().filter(Files::isExecutable).findFirst();
        if (found.isEmpty()) {
            System.err.println("SKIPPED: no `" + program + "`; `./dev smuggling` installs it");
        }
        return found;
    }

    private static ProgramBackend nginx(Path program, boolean http2) throws IOException {
        Path directory = directory("nginx.conf");
        int port = freePort();
        Path file = directory.resolve("nginx.conf");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("DIRECTORY", directory.toString())
                        .replace("LISTEN", "127.0.0.1:" + port + (http2 ? " http2" : "")));
        List<String> command = List.of(program.toString(), "-p", directory.toString(), "-c", file.toString());
        return new ProgramBackend(http2 ? "nginx-h2" : "nginx", http2, directory, port, command);
    }

    /// Below those that the kernel gives to outgoing connections.
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(15_000, 32_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException _) {
                // Taken; another one.
            }
        }
    }

    private static Path directory(String resource) throws IOException {
        Path directory = Files.createTempDirectory("smuggling-");
        try (InputStream in = ProgramBackend.class.getResourceAsStream("/smuggling/servers/" + resource)) {
            if (in == null) {
                throw new IllegalStateException("no resource smuggling/servers/" + resource);
            }
            Files.write(directory.resolve(resource), in.readAllBytes());
        }
        return directory;
    }

    private static Path copy(Path directory) throws IOException {
        return Files.createTempDirectory(directory, "second-");
    }

    private int awaitPort() {
        return await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> {
                            Matcher port = PORT.matcher(output());
                            return port.find()
                                    ? Integer.parseInt(port.group(1) == null ? port.group(2) : port.group(1))
                                    : 0;
                        },
                        port -> port > 0);
    }

    private static int awaitListening(int port) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> {
                    new java.net.Socket(InetAddress.getLoopbackAddress(), port).close();
                    return true;
                });
        return port;
    }

    private String output() {
        try {
            return Files.exists(out) ? Files.readString(out, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public boolean http2() {
        return http2;
    }

    @Override
    public List<Seen> seen() {
        List<Seen> seen = new ArrayList<>();
        for (String line : output().split("\n")) {
            Matcher whole = SEEN.matcher(line);
            if (whole.matches() && !refused(whole.group(1))) {
                // nginx escapes targets as well.
                String target = whole.group(1) == null ? whole.group(3) : text('"' + whole.group(3) + '"');
                seen.add(new Seen(whole.group(2), target, text(whole.group(4))));
            }
        }
        return seen;
    }

    private static String text(String json) {
        return JSON.readValue(json, String.class);
    }

    private static boolean refused(String status) {
        return status != null && status.charAt(0) >= '4';
    }

    @Override
    public List<String> complaints() {
        return output().lines()
                .filter(line -> line.startsWith("BAD ") || line.matches("[45]\\d\\d SEEN .*"))
                .toList();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
