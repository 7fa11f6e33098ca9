package dev.lateen.proxy.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.tracing.TracingConfig.RequestId;
import dev.lateen.proxy.tracing.TracingConfig.Sampling;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final String ID = "00000031-1234-4567-89ab-0123456789ab"; // drawn: 49 of 10,000

    private static Headers request(String id) {
        Headers headers = new Headers();
        headers.add("x-request-id", id);
        return headers;
    }

    private static boolean decide(int client, int random, int overall, Headers headers) {
        return new Sampler(new Sampling(client, random, overall)).decide(headers, 0);
    }

    @Test
    void tracesTheShareThatIsWanted() {
        Sampler tenPercent = new Sampler(new Sampling(10_000, 1_000, 10_000));
        SplittableRandom random = new SplittableRandom(7);
        int traced = 0;
        for (int index = 0; index < 20_000; index++) {
            traced += tenPercent.decide(new Headers(), random.nextLong()) ? 1 : 0;
        }
        assertThat(traced).isBetween(1_800, 2_200);
    }

    @Test
    void decidesAlikeForOneId() {
        assertThat(decide(0, 50, 10_000, request(ID))).isTrue();
        assertThat(decide(0, 49, 10_000, request(ID))).isFalse();
    }

    @Test
    void marksTheIdWithTheReason() {
        Headers headers = request(ID);
        decide(0, 10_000, 10_000, headers);
        assertThat(headers.get("x-request-id")).isEqualTo("00000031-1234-9567-89ab-0123456789ab");
    }

    @Test
    void keepsToTheMarkOfAnEarlierProxy() {
        assertThat(decide(0, 0, 10_000, request("ffffffff-1234-9567-89ab-0123456789ab")))
                .isTrue();
    }

    @Test
    void tracesWhatAClientWantsTraced() {
        Headers headers = request(ID);
        headers.add("x-client-trace-id", "mine");
        assertThat(decide(10_000, 0, 10_000, headers)).isTrue();
        assertThat(headers.get("x-request-id")).contains("-b567-");
    }

    @Test
    void tracesNoMoreThanOverall() {
        assertThat(decide(10_000, 10_000, 49, request(ID))).isFalse();
    }

    @Test
    void leavesForeignIdsAlone() {
        Headers headers = request("my-id");
        assertThat(decide(0, 10_000, 10_000, headers)).isTrue();
        assertThat(headers.get("x-request-id")).isEqualTo("my-id");
    }

    /// The trace's own context decides alone then.
    @Test
    void asksNoIdAndNoShareWhereIdsDoNotDecide() {
        Headers headers = request(ID);
        Sampler sampler = new Sampler(new Sampling(0, 0, 0, new RequestId(false, true)));
        assertThat(sampler.decide(headers, 0)).isTrue();
        assertThat(headers.get("x-request-id")).isEqualTo(ID);
    }

    @Test
    void leavesIdsAsTheyAreWhereTheyAreNotMarked() {
        Headers headers = request(ID);
        Sampler sampler = new Sampler(new Sampling(0, 50, 10_000, new RequestId(true, false)));
        assertThat(sampler.decide(headers, 0)).isTrue();
        assertThat(headers.get("x-request-id")).isEqualTo(ID);
    }
}
