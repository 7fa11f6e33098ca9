package dev.lateen.e2e.smuggling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The whole corpus against other projects' servers: nginx, Node, Python (gunicorn) and Go, over HTTP/1 and HTTP/2.
/// They may refuse what the proxy lets through, but all that take a request must see the same one.
class BackendsAgreeIT {
    private static final List<Backend> BACKENDS = new ArrayList<>();
    private static Relay relay;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue("all".equals(System.getProperty("lateen.it")), "SKIPPED: -Dlateen.it=all asks other servers too");
        BACKENDS.addAll(ProgramBackend.installed());
        assumeTrue(!BACKENDS.isEmpty(), "SKIPPED: none of nginx, node, gunicorn and go is installed");
        BACKENDS.add(new PlainBackend());
        relay = Relay.to(BACKENDS);
    }

    @AfterAll
    static void stop() {
        if (relay != null) {
            relay.close();
        }
        BACKENDS.forEach(Backend::close);
    }

    @Test
    void allServersSeeTheSameHttp1Requests() throws Exception {
        compare(Corpus.http1(), Http1Client::attack);
    }

    @Test
    void allServersSeeTheSameHttp2Requests() throws Exception {
        compare(Corpus.http2(), Http2Client::attack);
    }

    private static void compare(List<Attack> attacks, Comparison.Client client) throws Exception {
        List<Comparison> comparisons = Comparison.all(relay, BACKENDS, attacks, client);
        Comparison.assertNothingFound(comparisons);
        for (Attack attack : attacks) {
            assertOneView(attack, comparisons);
        }
    }

    /// Where two servers saw a request of the same method and target, they saw the same body.
    private static void assertOneView(Attack attack, List<Comparison> comparisons) {
        Map<String, Seen> first = new HashMap<>();
        for (Comparison comparison : comparisons) {
            List<Seen> view = comparison.view(attack).stream()
                    .sorted(Comparator.comparing(Seen::target))
                    .toList();
            for (Seen seen : view) {
                Seen other = first.putIfAbsent(seen.method() + " " + seen.target(), seen);
                if (other != null && !attack.perhaps()) {
                    assertThat(seen.body())
                            .as("%s: body of %s as %s saw it", attack, seen.target(), comparison.server())
                            .isEqualTo(other.body());
                }
            }
        }
    }
}
