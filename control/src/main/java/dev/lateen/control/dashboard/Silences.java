package dev.lateen.control.dashboard;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Which proxies did not answer: they are asked ever less often, since a round that waits for one makes everybody's
/// numbers late.
///
/// Limits: after one silence a proxy is asked in the next round, then in every second, fourth and so on, at least in
/// every `LONGEST`th.
///
/// Thread: one.
final class Silences {
    static final int LONGEST = 32;

    private final Map<String, Silence> byProxy = new HashMap<>();

    /// @param rounds until the next question
    private record Silence(int rounds, long askedAgain) {}

    boolean isDue(String proxy, long round) {
        Silence silence = byProxy.get(proxy);
        return silence == null || round >= silence.askedAgain;
    }

    void silent(String proxy, long round) {
        Silence before = byProxy.get(proxy);
        int rounds = before == null ? 1 : Math.min(2 * before.rounds, LONGEST);
        byProxy.put(proxy, new Silence(rounds, round + rounds));
    }

    void answered(String proxy) {
        byProxy.remove(proxy);
    }

    /// Forgets the others.
    void retain(Collection<String> proxies) {
        byProxy.keySet().retainAll(proxies);
    }
}
