package dev.lateen.e2e.behaviour;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;

/// Servers that answer with their numbers. A request says by its fields which of them are to fail: `x-bad-2: 503` has
/// the third answer so, and `x-bad-2: reset` has it break the connection. Its field `x-token` is what its tries are
/// found by, and with `x-held` it is answered when the test lets go.
///
/// Thread: any.
final class NumberedHosts implements AutoCloseable {
    private final List<Upstream> upstreams = new ArrayList<>();
    private final ConcurrentMap<String, Queue<Try>> tries = new ConcurrentHashMap<>();
    private final CountDownLatch release = new CountDownLatch(1);

    /// An attempt at a request.
    ///
    /// @param nanos when it came
    record Try(int host, long nanos) {}

    NumberedHosts(int count) throws IOException {
        for (int index = 0; index < count; index++) {
            int number = index;
            upstreams.add(new Upstream((request, socket) -> answer(number, request, socket)));
        }
    }

    private void answer(int number, String request, Socket socket) throws Exception {
        String token = field(request, "x-token");
        tries.computeIfAbsent(token, _ -> new ConcurrentLinkedQueue<>()).add(new Try(number, System.nanoTime()));
        if (!field(request, "x-held").isEmpty()) {
            release.await();
        }
        String way = field(request, "x-bad-" + number);
        if (way.equals("reset")) {
            Upstream.reset(socket);
            return;
        }
        int status = way.isEmpty() ? 200 : Integer.parseInt(way);
        HttpClient.write(socket, Upstream.response(status, Integer.toString(number)));
    }

    private static String field(String request, String name) {
        int at = request.indexOf("\r\n" + name + ": ");
        int start = at + name.length() + 4;
        return at < 0 ? "" : request.substring(start, request.indexOf('\r', start));
    }

    /// An endpoint of a ServiceEntry.
    ///
    /// @param more fields of it, each with a comma before it
    String endpoint(int host, String more) {
        return YamlGateway.endpoint(port(host), more);
    }

    /// So many of them, all alike.
    List<String> first(int count) {
        List<String> endpoints = new ArrayList<>();
        for (int host = 0; host < count; host++) {
            endpoints.add(endpoint(host, ""));
        }
        return endpoints;
    }

    int port(int host) {
        return upstreams.get(host).port();
    }

    /// The tries of the request with this token so far, in their order.
    List<Try> tries(String token) {
        return List.copyOf(tries.getOrDefault(token, new ConcurrentLinkedQueue<>()));
    }

    /// Answers the requests that are held, and all later ones at once.
    void letGo() {
        release.countDown();
    }

    @Override
    public void close() throws IOException {
        letGo();
        for (Upstream upstream : upstreams) {
            upstream.close();
        }
    }
}
