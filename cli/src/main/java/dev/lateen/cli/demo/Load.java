package dev.lateen.cli.demo;

import dev.lateen.cli.demo.Client.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Sends requests from several workers and counts what comes back, by status and by version. Thread: any.
final class Load {
    private final Map<Integer, AtomicInteger> byStatus = new ConcurrentSkipListMap<>();
    private final Map<String, AtomicInteger> byVersion = new ConcurrentSkipListMap<>();
    private final Map<String, AtomicInteger> byRoute = new ConcurrentSkipListMap<>();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<Thread> workers = new ArrayList<>();
    private volatile String firstFailure = "";

    /// Sends exactly so many requests and returns when all are answered.
    static Load of(int requests, int workers, Supplier<Answer> request) {
        Load load = new Load();
        AtomicInteger left = new AtomicInteger(requests);
        load.start(workers, () -> left.getAndDecrement() > 0, request);
        load.join();
        return load;
    }

    /// Sends requests until `stop`, at most so many a second: what happens under the load needs some of the machine
    /// too.
    static Load started(int workers, int perSecond, Supplier<Answer> request) {
        Load load = new Load();
        long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
        AtomicLong next = new AtomicLong(System.nanoTime());
        load.start(workers, () -> load.awaitTurn(next.getAndAdd(interval)), request);
        return load;
    }

    private boolean awaitTurn(long at) {
        LockSupport.parkNanos(at - System.nanoTime());
        return !stopped.get();
    }

    Load stop() {
        stopped.set(true);
        join();
        return this;
    }

    int sent() {
        return sent.get();
    }

    int ok() {
        return byStatus.getOrDefault(200, new AtomicInteger()).get();
    }

    int failed() {
        return sent() - ok();
    }

    int version(String version) {
        return byVersion.getOrDefault(version, new AtomicInteger()).get();
    }

    /// How many of those that succeeded took the routes with a mark.
    int routed(String mark) {
        return byRoute.getOrDefault(mark, new AtomicInteger()).get();
    }

    /// Every status that came back.
    String statuses() {
        return byStatus.keySet().toString();
    }

    int status(int status) {
        return byStatus.getOrDefault(status, new AtomicInteger()).get();
    }

    /// Percent of all that a version answered.
    double share(String version) {
        return sent() == 0 ? 0 : 100.0 * version(version) / sent();
    }

    @Override
    public String toString() {
        return counts() + (firstFailure.isEmpty() ? "" : ", first failure: " + firstFailure);
    }

    /// How many there were of each status and of each version.
    String counts() {
        Map<String, Integer> all = new TreeMap<>();
        byStatus.forEach((status, count) -> all.put(status == 0 ? "no answer" : status.toString(), count.get()));
        byVersion.forEach((version, count) -> all.put(version, count.get()));
        return sent() + " requests " + all;
    }

    private void start(int count, Supplier<Boolean> more, Supplier<Answer> request) {
        for (int i = 0; i < count; i++) {
            workers.add(Thread.ofVirtual().name("load").start(() -> {
                while (!stopped.get() && more.get()) {
                    count(request.get());
                }
            }));
        }
    }

    private void count(Answer answer) {
        sent.incrementAndGet();
        byStatus.computeIfAbsent(answer.status(), _ -> new AtomicInteger()).incrementAndGet();
        if (!answer.version().isEmpty()) {
            byVersion
                    .computeIfAbsent(answer.version(), _ -> new AtomicInteger())
                    .incrementAndGet();
        }
        if (answer.ok()) {
            byRoute.computeIfAbsent(answer.route(), _ -> new AtomicInteger()).incrementAndGet();
        }
        if (!answer.ok() && firstFailure.isEmpty()) {
            firstFailure = answer.status() + " " + answer.body();
        }
    }

    private void join() {
        for (Thread worker : workers) {
            try {
                worker.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
