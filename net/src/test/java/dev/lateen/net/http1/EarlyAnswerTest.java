package dev.lateen.net.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.ResponseHead;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Answers that are complete before their requests are.
class EarlyAnswerTest {
    private static final String HALF = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello";

    private static RecordingServer answered(String request, int status) {
        var server = RecordingServer.silent().receive(request);
        server.last().stream.sendHead(new ResponseHead(status, new Headers()), true);
        return server;
    }

    @Test
    void servesTheNextRequestBehindTheRest() {
        var server = answered(HALF, 401).receive("worldGET /b HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(server.exchanges).hasSize(2);
        assertThat(server.last().head.path()).isEqualTo("/b");
    }

    @Test
    void endsTheConnectionWhereTheRestDoesNotCome() {
        var server = answered(HALF, 401);
        assertThat(server.channel.isOpen()).isTrue();

        server.channel.advanceTimeBy(10, TimeUnit.SECONDS);
        server.channel.runScheduledPendingTasks();
        server.channel.advanceTimeBy(10, TimeUnit.SECONDS);
        server.channel.runScheduledPendingTasks();

        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void leavesTheNextRequestItsTime() {
        var server = answered(HALF, 401).receive("world" + HALF);

        server.channel.advanceTimeBy(10, TimeUnit.SECONDS);
        server.channel.runScheduledPendingTasks();

        assertThat(server.channel.isOpen()).isTrue();
    }

    @Test
    void waitsForNoRestThatCameTooSlowly() {
        var server = answered(HALF, 408);

        assertThat(server.sent()).contains("connection: close\r\n");
    }

    @Test
    void takesNoRequestFromWhatFollowsARefusedTunnel() {
        var server = answered("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 403)
                .receive("GET /b HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(server.sent()).contains("connection: close\r\n");
        assertThat(server.exchanges).hasSize(1);
    }
}
