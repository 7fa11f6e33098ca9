package dev.lateen.e2e.smuggling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The whole corpus against servers that are always there: one that takes nothing but canonical HTTP/1, and Netty.
class SmugglingIT {
    private final List<Backend> backends = List.of(new PlainBackend(), new NettyBackend(false), new NettyBackend(true));
    private final Relay relay = Relay.to(backends);

    @AfterEach
    void stop() {
        relay.close();
        backends.forEach(Backend::close);
    }

    @Test
    void corpusIsLargeEnoughToMeanSomething() {
        assertThat(Corpus.http1()).hasSizeGreaterThan(400);
        assertThat(Corpus.http2()).hasSizeGreaterThan(150);
    }

    @Test
    void nobodyDisagreesOnHttp1Requests() throws Exception {
        List<Comparison> compared = Comparison.all(relay, backends, Corpus.http1(), Http1Client::attack);
        Comparison.assertNothingFound(compared);
        assertNothingIsOddToServers();
    }

    @Test
    void nobodyDisagreesOnHttp2Requests() throws Exception {
        List<Comparison> compared = Comparison.all(relay, backends, Corpus.http2(), Http2Client::attack);
        Comparison.assertNothingFound(compared);
        assertNothingIsOddToServers();
    }

    /// What the proxy lets through is in the form that nobody can misread.
    private void assertNothingIsOddToServers() {
        for (Backend backend : backends) {
            assertThat(backend.complaints()).as(backend.name()).isEmpty();
        }
    }
}
