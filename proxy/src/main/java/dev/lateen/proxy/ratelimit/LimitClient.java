package dev.lateen.proxy.ratelimit;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.cluster.Cluster;
import dev.lateen.proxy.cluster.ClusterCall;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.cluster.GrpcMessages;
import dev.lateen.proxy.ratelimit.LimitAnswer.Counted;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Asks a rate limit service. Questions in the domain `lateen` go to the control plane's own, which grants hits ahead:
/// while such a lease lasts, or the service has said that a limit is reached, requests get their answer here. Requests
/// that come while the same question is on its way wait for its answer.
///
/// Limits: 10,000 lists of descriptors are remembered, those used last, each of 512 characters at most; an answer of
/// 256 KiB. Thread: one event loop.
public final class LimitClient {
    private static final String OWN_DOMAIN = "lateen";
    private static final int MAX_REMEMBERED = 10_000;
    private static final int MAX_REMEMBERED_LENGTH = 512;
    private static final int MAX_ANSWER = 256 << 10;

    private final RateLimitConfig.Service service;
    private final Clusters clusters;
    private final EventLoop loop;
    private final Counter calls;
    private final Counter leased;
    private final Counter remembered;
    private final Map<Key, Leased> table = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Leased> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    private record Key(String domain, List<Descriptor> descriptors) {}

    /// Takes the answer; may be called before `ask` has returned.
    public interface Listener {
        void onAnswer(LimitAnswer answer);
    }

    /// One question that has no answer yet.
    public static final class Ticket {
        private @Nullable Listener listener;
        private @Nullable ClusterCall call;

        private Ticket(Listener listener) {
            this.listener = listener;
        }

        /// No answer is wanted any more.
        public void cancel() {
            listener = null;
            if (call != null) {
                call.cancel();
                call = null;
            }
        }

        private void answer(LimitAnswer answer) {
            Listener wanted = listener;
            listener = null;
            call = null;
            if (wanted != null) {
                wanted.onAnswer(answer);
            }
        }
    }

    public LimitClient(RateLimitConfig.Service service, Clusters clusters, EventLoop loop, Stats stats) {
        this.service = service;
        this.clusters = clusters;
        this.loop = loop;
        this.calls = stats.counter("ratelimit.service_calls");
        this.leased = stats.counter("ratelimit.leased_hits");
        this.remembered = stats.counter("ratelimit.remembered_refusals");
    }

    /// @param domain empty: that of the configuration
    public Ticket ask(String domain, List<Descriptor> descriptors, Listener listener) {
        Ticket ticket = new Ticket(listener);
        String asked = domain.isEmpty() ? service.domain() : domain;
        if (asked.equals(OWN_DOMAIN) && canBeRemembered(descriptors)) {
            askLeased(new Key(asked, List.copyOf(descriptors)), ticket);
        } else {
            ticket.call = send(asked, descriptors, null, ticket::answer);
        }
        return ticket;
    }

    /// What counts for more than one hit, or would take much memory to remember, is asked each time.
    private static boolean canBeRemembered(List<Descriptor> descriptors) {
        int length = 0;
        for (int index = 0; index < descriptors.size(); index++) {
            Descriptor descriptor = descriptors.get(index);
            if (descriptor.hits() >= 0 || descriptor.override() != null) {
                return false;
            }
            for (int entry = 0; entry < descriptor.entries().size(); entry++) {
                length += descriptor.entries().get(entry).value().length();
            }
        }
        return length <= MAX_REMEMBERED_LENGTH;
    }

    private void askLeased(Key key, Ticket ticket) {
        long now = System.nanoTime();
        Leased entry = table.get(key);
        if (entry == null) {
            entry = new Leased(now);
            table.put(key, entry);
        }
        entry.seen(now);
        if (entry.asking) {
            entry.waiting.add(ticket);
            return;
        }
        if (!answerAtHand(entry, ticket, now)) {
            entry.waiting.add(ticket);
            askFor(key, entry);
        }
    }

    private boolean answerAtHand(Leased entry, Ticket ticket, long now) {
        Counted known = entry.take(now);
        if (known == null) {
            return false;
        }
        (known.over() ? remembered : leased).increment();
        ticket.answer(known);
        return true;
    }

    /// On behalf of the first that waits; the lease is for the others.
    private void askFor(Key key, Leased entry) {
        entry.asking = true;
        var _ = send(key.domain(), key.descriptors(), entry, answer -> onAnswer(key, entry, answer));
    }

    private void onAnswer(Key key, Leased entry, LimitAnswer answer) {
        entry.asking = false;
        long now = System.nanoTime();
        if (answer instanceof Counted counted) {
            entry.answered(counted, now);
            answerFirst(entry, counted);
        }
        int waiting = entry.waiting.size();
        for (int index = 0; index < waiting && !entry.asking; index++) {
            Ticket ticket = entry.waiting.peekFirst();
            if (ticket == null) {
                return;
            }
            if (answer instanceof LimitAnswer.Failed) {
                entry.waiting.removeFirst();
                ticket.answer(answer);
            } else if (ticket.listener == null) {
                entry.waiting.removeFirst();
            } else {
                Counted known = entry.take(now);
                if (known == null) {
                    askFor(key, entry);
                    return;
                }
                (known.over() ? remembered : leased).increment();
                entry.waiting.removeFirst();
                ticket.answer(known);
            }
        }
    }

    /// The answer is that of the first who still wants one. Where nobody does, the hit is lost.
    private static void answerFirst(Leased entry, Counted counted) {
        Ticket first = entry.waiting.pollFirst();
        while (first != null && first.listener == null) {
            first = entry.waiting.pollFirst();
        }
        if (first != null) {
            first.answer(counted);
        }
    }

    private @Nullable ClusterCall send(
            String domain, List<Descriptor> descriptors, @Nullable Leased entry, Listener listener) {
        Cluster cluster = clusters.get(service.cluster());
        if (cluster == null) {
            listener.onAnswer(new LimitAnswer.Failed(false));
            return null;
        }
        calls.increment();
        return ClusterCall.send(
                cluster.on(loop),
                question(entry),
                LimitCodec.encode(domain, descriptors),
                service.timeout(),
                MAX_ANSWER,
                new ClusterCall.Answer() {
                    @Override
                    public void onAnswer(int status, Headers headers, byte[] body) {
                        listener.onAnswer(LimitCodec.decode(status, headers, body));
                    }

                    @Override
                    public void onFailure(String reason, boolean timedOut) {
                        listener.onAnswer(new LimitAnswer.Failed(timedOut));
                    }
                });
    }

    private RequestHead question(@Nullable Leased entry) {
        RequestHead head =
                GrpcMessages.head(service.authority(), LimitCodec.PATH, service.timeout(), service.metadata());
        if (entry != null) {
            head.headers().set("x-lateen-lease-hits", Long.toString(entry.wanted(System.nanoTime())));
            long refusals = entry.takeRefusedHits();
            if (refusals > 0) {
                head.headers().set("x-lateen-refused-hits", Long.toString(refusals));
            }
        }
        return head;
    }
}
