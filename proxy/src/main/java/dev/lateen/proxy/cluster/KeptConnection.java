package dev.lateen.proxy.cluster;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.proxy.stream.ProxyError;
import io.netty.channel.EventLoop;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// Has a connection of a cluster open on one loop before anybody asks for it, and opens it again when it ends: after
/// ever longer pauses while that fails, each a random part so that proxies do not come back in step. Ends with the
/// cluster.
///
/// Thread: its event loop.
final class KeptConnection implements StreamReady {
    static final long FIRST_PAUSE_MILLIS = 50;
    static final long LONGEST_PAUSE_MILLIS = 2000;

    private final ClusterWorker worker;
    private final EventLoop loop;
    private long pauseMillis = FIRST_PAUSE_MILLIS;

    KeptConnection(ClusterWorker worker) {
        this.worker = worker;
        this.loop = worker.loop();
    }

    /// Opens a connection that `ClusterCall` will find.
    void open() {
        if (worker.cluster().stopped()) {
            return;
        }
        Host host = worker.pick(LbContext.ANY);
        if (host == null) {
            openLater();
        } else {
            worker.newStream(host, ClusterCall.options(worker), this);
        }
    }

    private void openLater() {
        if (loop.isShuttingDown()) {
            return;
        }
        long pause = pauseMillis / 2 + ThreadLocalRandom.current().nextLong(pauseMillis / 2 + 1);
        pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
        loop.schedule(this::open, pause, TimeUnit.MILLISECONDS);
    }

    @Override
    public void onReady(ClientConnection connection, Host host, boolean reused) {
        long since = System.nanoTime();
        connection.channel().closeFuture().addListener(_ -> {
            // A server that takes connections only to close them is no better than one that takes none.
            if (System.nanoTime() - since >= TimeUnit.MILLISECONDS.toNanos(LONGEST_PAUSE_MILLIS)) {
                pauseMillis = FIRST_PAUSE_MILLIS;
            }
            openLater();
        });
    }

    @Override
    public void onFailure(ProxyError error, String details) {
        openLater();
    }
}
