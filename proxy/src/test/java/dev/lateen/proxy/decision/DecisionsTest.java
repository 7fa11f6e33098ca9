package dev.lateen.proxy.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.EventLoops;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DecisionsTest {
    private static final int MANY = 5_000;

    private final EventLoops loops = EventLoops.create("worker", 2);
    private final Decisions decisions = new Decisions(loops.all(), "test", Decisions.KEPT);

    @AfterEach
    void stop() {
        loops.close();
    }

    @Test
    void findsAFailureAmongManySuccesses() throws Exception {
        // Given
        end(0, "lost", 503);
        for (int index = 0; index < MANY; index++) {
            end(0, "fine-" + index, 200);
        }
        // When
        Decisions.Found found = find(id("lost"), Cursor.START);
        // Then
        assertThat(found.decisions()).hasSize(1);
        assertThat(found.decisions().getFirst().status).isEqualTo(503);
        assertThat(found.decisions().getFirst().flags).containsExactly(ResponseFlag.NO_HEALTHY_UPSTREAM);
    }

    @Test
    void keepsAsManyAsTheEnvironmentSays() throws Exception {
        assertThat(Decisions.kept(Map.of())).isEqualTo(new Decoded.Ok<>(1024));
        assertThat(Decisions.kept(Map.of("LATEEN_DECISIONS", "0"))).isEqualTo(new Decoded.Ok<>(0));
        assertThat(Decisions.kept(Map.of("LATEEN_DECISIONS", "70000"))).isInstanceOf(Decoded.Rejected.class);
        Decisions none = new Decisions(loops.all(), "test", 0);
        CompletableFuture<Decisions.Found> found = new CompletableFuture<>();
        none.find(DecisionFilter.ALL, Cursor.START, 10, found::complete);
        assertThat(none.kept()).isFalse();
        assertThat(found.get(10, TimeUnit.SECONDS).decisions()).isEmpty();
    }

    @Test
    void givesEachDecisionOnceToAReaderThatComesBack() throws Exception {
        // Given
        end(0, "a", 200);
        end(1, "b", 200);
        Decisions.Found first = find(DecisionFilter.ALL, Cursor.START);
        end(1, "c", 200);
        // When
        Decisions.Found second =
                find(DecisionFilter.ALL, Cursor.parse(first.cursor().toString()).orElseThrow());
        // Then
        assertThat(ids(first)).containsExactlyInAnyOrder("a", "b");
        assertThat(ids(second)).containsExactly("c");
        assertThat(second.lost()).isZero();
    }

    @Test
    void tellsAReaderHowManyItCameTooLateFor() throws Exception {
        // Given
        end(0, "first", 200);
        Cursor after = find(DecisionFilter.ALL, Cursor.START).cursor();
        for (int index = 0; index < MANY; index++) {
            end(0, "later", 200);
        }
        // When
        Decisions.Found found = find(DecisionFilter.ALL, after);
        // Then
        assertThat(found.lost() + found.decisions().size()).isEqualTo(MANY);
        assertThat(found.decisions()).isNotEmpty();
    }

    @Test
    void leavesWhatAReaderHoldsAsItIs() throws Exception {
        // Given
        end(0, "held", 200);
        Decision held = find(DecisionFilter.ALL, Cursor.START).decisions().getFirst();
        // When
        for (int index = 0; index < MANY; index++) {
            end(0, "later", 200);
        }
        // Then
        assertThat(held.id()).isEqualTo("held");
    }

    @Test
    void keepsNoQueryAndNoLongText() throws Exception {
        // Given
        RequestHead head = head("x".repeat(100_000));
        head.path("/" + "p".repeat(100_000) + "?token=secret");
        // When
        end(0, head, 200);
        // Then
        Decision kept = find(DecisionFilter.ALL, Cursor.START).decisions().getFirst();
        assertThat(kept.path()).doesNotContain("secret").hasSizeLessThan(1_000);
        assertThat(kept.id()).hasSizeLessThan(100);
    }

    @Test
    void filtersByClassOfStatus() throws Exception {
        // Given
        end(0, "good", 200);
        end(0, "bad", 503);
        DecisionFilter filter =
                new DecisionFilter("", DecisionFilter.ALL.request(), new DecisionFilter.Outcome("5xx", "UH", false));
        // Then
        assertThat(ids(find(filter, Cursor.START))).containsExactly("bad");
    }

    private static DecisionFilter id(String id) {
        return new DecisionFilter(id, DecisionFilter.ALL.request(), DecisionFilter.ALL.outcome());
    }

    private static List<String> ids(Decisions.Found found) {
        return found.decisions().stream().map(decision -> decision.id()).toList();
    }

    private Decisions.Found find(DecisionFilter filter, Cursor after) throws Exception {
        CompletableFuture<Decisions.Found> answer = new CompletableFuture<>();
        decisions.find(filter, after, MANY, answer::complete);
        return answer.get(10, TimeUnit.SECONDS);
    }

    private void end(int loop, String id, int status) throws Exception {
        end(loop, head(id), status);
    }

    private void end(int loop, RequestHead head, int status) throws Exception {
        StreamInfo info = new StreamInfo();
        info.request = head;
        info.status = status;
        if (status == 503) {
            info.flag(ResponseFlag.NO_HEALTHY_UPSTREAM);
        }
        loops.at(loop).submit(() -> decisions.log(info)).get(10, TimeUnit.SECONDS);
    }

    private static RequestHead head(String id) {
        Headers headers = new Headers(2);
        headers.add("x-request-id", id);
        return new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "reviews", "/", headers);
    }
}
