package dev.lateen.e2e.behaviour;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// A TCP connection that another process has open, as the kernel knows it. The process has to be one that the test has
/// started, since no other may be looked at. Linux only.
///
/// Thread: any.
// Nothing else tells how many probes there will be.
@SuppressWarnings("restricted")
final class ForeignSocket {
    private static final String REFUSED = "SKIPPED: this kernel shows no sockets of other processes";
    private static final String ESTABLISHED = "01";
    private static final long PIDFD_OPEN = 434;
    private static final long PIDFD_GETFD = 438;
    private static final int SOL_SOCKET = 1;
    private static final int SO_KEEPALIVE = 9;
    private static final int SOL_TCP = 6;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle GETSOCKOPT =
            function("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle CLOSE = function("close", JAVA_INT);

    private ForeignSocket() {}

    /// How the kernel finds out whether the other end is still there.
    record KeepAlive(boolean on, int idleSeconds, int intervalSeconds, int probes) {}

    /// Of a connection to that port of this machine.
    static KeepAlive keepAlive(Process process, int remotePort) throws IOException {
        Path descriptor = descriptor(process.toHandle(), sockets(remotePort));
        long pid = Long.parseLong(descriptor.getName(1).toString());
        long whole = syscall(PIDFD_OPEN, pid, 0);
        assumeTrue(whole >= 0, REFUSED);
        int socket = (int) syscall(
                PIDFD_GETFD, whole, Long.parseLong(descriptor.getFileName().toString()));
        call(CLOSE, (int) whole);
        assumeTrue(socket >= 0, REFUSED);
        try {
            return new KeepAlive(
                    option(socket, SOL_SOCKET, SO_KEEPALIVE) != 0,
                    option(socket, SOL_TCP, TCP_KEEPIDLE),
                    option(socket, SOL_TCP, TCP_KEEPINTVL),
                    option(socket, SOL_TCP, TCP_KEEPCNT));
        } finally {
            call(CLOSE, socket);
        }
    }

    /// What links to the sockets of connections to that port lead to.
    private static Set<String> sockets(int remotePort) throws IOException {
        String end = ":%04X".formatted(remotePort);
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] columns = line.strip().split("\\s+");
                if (columns[2].endsWith(end) && columns[3].equals(ESTABLISHED)) {
                    sockets.add("socket:[" + columns[9] + "]");
                }
            }
        }
        return sockets;
    }

    /// `/proc/PID/fd/NUMBER`.
    private static Path descriptor(ProcessHandle process, Set<String> sockets) throws IOException {
        List<ProcessHandle> all =
                Stream.concat(Stream.of(process), process.descendants()).toList();
        for (ProcessHandle one : all) {
            try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(one.pid()), "fd"))) {
                for (Path descriptor : open.toList()) {
                    if (sockets.contains(target(descriptor))) {
                        return descriptor;
                    }
                }
            }
        }
        throw new AssertionError("none of " + sockets + " is open in " + process.pid());
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException _) {
            return ""; // closed meanwhile
        }
    }

    private static int option(int socket, int level, int name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) JAVA_INT.byteSize());
            if (call(GETSOCKOPT, socket, level, name, value, length) != 0) {
                throw new AssertionError("no option " + name + " of level " + level);
            }
            return value.get(JAVA_INT, 0);
        }
    }

    private static MethodHandle function(String name, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private static long syscall(long number, long first, long second) {
        return call(SYSCALL, number, first, second, 0L);
    }

    private static long call(MethodHandle function, Object... arguments) {
        try {
            return ((Number) function.invokeWithArguments(arguments)).longValue();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
