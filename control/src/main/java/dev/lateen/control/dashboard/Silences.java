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
    private long round;

    /// @param rounds until the next question
    private record Silence(int rounds, long askedAgain) {}

    /// Another round begins.
    ///
    /// @param proxies that there are; others are forgotten
    void begin(Collection<String> proxies) {
        round++;
        byProxy.keySet().retainAll(proxies);
    }

    /// Whether a proxy is asked in this round.
    boolean isDue(String proxy) {
        Silence silence = byProxy.get(proxy);
        return silence == null || round >= silence.askedAgain;
    }

    void silent(String proxy) {
        Silence before = byProxy.get(proxy);
        int rounds = before == null ? 1 : Math.min(2 * before.rounds, LONGEST);
        byProxy.put(proxy, new Silence(rounds, round + rounds));
    }

    void answered(String proxy) {
        byProxy.remove(proxy);
    }
}
