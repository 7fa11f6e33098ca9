package dev.lateen.net.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.ResponseHead;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Http1ServerConnectionTest {
    private static final String GET = "GET /a?b=c HTTP/1.1\r\nHost: shop:80\r\nX-Id: 7\r\n\r\n";

    @Test
    void passesOnTheHeadOfAPlainRequest() {
        var server = RecordingServer.silent().receive(GET);

        assertThat(server.exchanges).hasSize(1);
        assertThat(server.last().head).hasToString("GET http://shop:80/a?b=c HTTP/1.1");
        assertThat(server.last().head.headers()).hasToString("x-id: 7\n");
        assertThat(server.last().ended).isTrue();
    }

    /// Servers that mind the case of names get them as the client wrote them, those of framing too.
    @Test
    void spellsNamesAsTheyCameWhereThatIsKept() {
        var limits = HttpLimits.DEFAULT;
        var keeping = new HttpLimits(
                limits.maxHeaderBytes(),
                limits.maxHeaderCount(),
                limits.maxConcurrentStreams(),
                limits.initialStreamWindowBytes(),
                limits.initialConnectionWindowBytes(),
                limits.bufferLimitBytes(),
                limits.headersTimeout(),
                limits.allowHttp10(),
                limits.maxResetStreamsPerSecond(),
                true);
        byte[] head = ("POST / HTTP/1.1\r\nHOST: shop\r\nTransfer-Encoding: chunked\r\nx-Id: 7\r\nX-ID: 8\r\n"
                        + "plain: 9\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        var parser = new HeadParser(new FieldParser(), keeping, "http");
        assertThat(parser.parseRequest(head, 0, head.length)).isNull();
        var headers = parser.request().headers();
        assertThat(headers.getJoined("x-id")).isEqualTo("7,8");
        headers.add("x-added", "1");

        var writer = new HeadWriter();
        writer.request("POST", "/", "shop", headers.copy());
        writer.fields(headers.copy(), true);
        writer.chunked(headers);
        writer.end();

        assertThat(writer.isIntact()).isTrue();
        assertThat(new String(writer.bytes(), 0, writer.length(), StandardCharsets.US_ASCII))
                .isEqualTo("POST / HTTP/1.1\r\nHOST: shop\r\nx-Id: 7\r\nx-Id: 8\r\nplain: 9\r\nx-added: 1\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n");
    }

    @Test
    void answersAnyoneWhereOnlyHttp1IsServed() {
        assertThat(RecordingServer.silent()
                        .receive("INVALID CONNECTION PREFACE\r\n\r\n")
                        .sent())
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void leavesWhoeverNamesNoVersionOfHttpWithoutAnAnswerBesideHttp2() {
        var server = RecordingServer.besideHttp2().receive("INVALID CONNECTION PREFACE\r\n\r\n");

        assertThat(server.sent()).isEmpty();
        assertThat(server.rejections).containsExactly("400 http1.codec_error");
    }

    @Test
    void answersMistakesOfAnHttp1PeerBesideHttp2() {
        assertThat(RecordingServer.besideHttp2()
                        .receive("GET /a b HTTP/1.1\r\n\r\n")
                        .sent())
                .startsWith("HTTP/1.1 400 ");
        assertThat(RecordingServer.besideHttp2()
                        .receive("GET / HTTP/9.9\r\n\r\n")
                        .sent())
                .startsWith("HTTP/1.1 505 ");
        assertThat(RecordingServer.besideHttp2().receive("GET /\r\n\r\n").sent())
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void removesFieldsThatBelongToTheConnection() {
        var server = RecordingServer.silent()
                .receive("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\n"
                        + "X-Hop: 1\r\nTE: trailers, gzip\r\nProxy-Connection: x\r\nUpgrade: foo\r\nX-End: 2\r\n\r\n");

        assertThat(server.last().head.headers()).hasToString("te: trailers\nx-end: 2\n");
        assertThat(server.last().head.protocol()).isNull();
    }

    @Test
    void answersWithContentLengthAndKeepsTheConnection() {
        var server = RecordingServer.silent().receive(GET);
        server.last().stream.sendHead(new ResponseHead(200, fields("content-length", "2")), false);
        server.last().stream.sendData(Unpooled.copiedBuffer("hi", StandardCharsets.US_ASCII), true);

        assertThat(server.sent()).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
        assertThat(server.channel.isOpen()).isTrue();
        assertThat(server.receive(GET).exchanges).hasSize(2);
    }

    @Test
    void closesOnceThePeerHasEndedTls() {
        var server = RecordingServer.silent().receive(GET);
        server.last().stream.sendHead(new ResponseHead(204, new Headers()), true);
        server.channel.pipeline().fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
        server.channel.runPendingTasks();

        assertThat(server.sent()).startsWith("HTTP/1.1 204 ");
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void chunksABodyOfUnknownLengthAndItsTrailers() {
        var server = RecordingServer.silent().receive(GET);
        var stream = server.last().stream;
        stream.sendHead(new ResponseHead(200, new Headers()), false);
        stream.sendData(Unpooled.copiedBuffer("x".repeat(26), StandardCharsets.US_ASCII), false);
        stream.sendTrailers(fields("grpc-status", "0"));

        assertThat(server.sent())
                .isEqualTo("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1a\r\n" + "x".repeat(26)
                        + "\r\n0\r\ngrpc-status: 0\r\n\r\n");
    }

    @Test
    void holdsAPipelinedRequestUntilTheResponseBeforeItIsSent() {
        var server = RecordingServer.silent().receive(GET + GET.replace("/a", "/second"));
        assertThat(server.exchanges).hasSize(1);
        assertThat(server.channel.config().isAutoRead()).isFalse();

        server.last().respond(204, "");

        assertThat(server.exchanges).hasSize(2);
        assertThat(server.last().head.path()).isEqualTo("/second?b=c");
        assertThat(server.channel.config().isAutoRead()).isTrue();
        assertThat(server.sent()).isEqualTo("HTTP/1.1 204 No Content\r\n\r\n");
    }

    @Test
    void decodesAChunkedBodyWithTrailers() {
        var server = RecordingServer.silent()
                .receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Sum: 9\r\n\r\n");

        assertThat(server.last().body).hasToString("abc0123456789");
        assertThat(server.last().events).hasToString("trailers[x-sum: 9;]");
    }

    @Test
    void turnsAnUpgradeIntoATunnel() {
        var server = RecordingServer.silent()
                .receive("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\nearly");
        assertThat(server.last().head.protocol()).isEqualTo("websocket");
        assertThat(server.last().body).isEmpty();

        server.last().stream.sendHead(new ResponseHead(101, new Headers()), false);
        server.receive("more");
        server.last().stream.sendData(Unpooled.copiedBuffer("frame", StandardCharsets.US_ASCII), false);

        assertThat(server.last().body).hasToString("earlymore");
        assertThat(server.sent())
                .isEqualTo(
                        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nframe");
    }

    @Test
    void endsARefusedUpgradeAndGoesOnWithTheConnection() {
        var server = RecordingServer.silent()
                .receive("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + GET);
        server.last().respond(403, "no");

        assertThat(server.exchanges.getFirst().ended).isTrue();
        assertThat(server.exchanges).hasSize(2);
    }

    @Test
    void answersAConnectWithATunnel() {
        var server = RecordingServer.silent().receive("CONNECT db:5432 HTTP/1.1\r\nHost: db:5432\r\n\r\nhello");
        assertThat(server.last().head.authority()).isEqualTo("db:5432");

        server.last().stream.sendHead(new ResponseHead(200, new Headers()), false);

        assertThat(server.last().body).hasToString("hello");
        assertThat(server.sent()).isEqualTo("HTTP/1.1 200 OK\r\n\r\n");
    }

    @Test
    void closesAfterTheResponseWhenDraining() {
        var server = RecordingServer.silent().receive(GET);
        server.last().stream.connection().drain();
        server.last().respond(200, "ok");

        assertThat(server.sent())
                .isEqualTo(
                        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n2\r\nok\r\n0\r\n\r\n");
        assertThat(server.channel.isOpen()).isFalse();
        assertThat(server.closed).isTrue();
    }

    @Test
    void closesAnIdleConnectionWhenDraining() {
        var server = RecordingServer.silent();
        assertThat(server.connection).isNotNull();
        if (server.connection != null) {
            server.connection.drain();
        }

        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void sendsNoBodyInAnswerToHead() {
        var server = RecordingServer.silent().receive("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        server.last().stream.sendHead(new ResponseHead(200, fields("content-length", "5")), false);
        server.last().stream.sendData(Unpooled.copiedBuffer("12345", StandardCharsets.US_ASCII), true);

        assertThat(server.sent()).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
        assertThat(server.channel.isOpen()).isTrue();
    }

    @Test
    void stopsDecodingWhileItsReaderIsPaused() {
        var server = new RecordingServer(HttpLimits.DEFAULT, exchange -> exchange.stream.pauseReading());
        server.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
        assertThat(server.last().body).isEmpty();
        assertThat(server.channel.config().isAutoRead()).isFalse();

        server.last().stream.resumeReading();
        server.receive("cd");

        assertThat(server.last().body).hasToString("abcd");
        assertThat(server.last().ended).isTrue();
    }

    @Test
    void refusesToSendAHeaderWithALineBreak() {
        var server = RecordingServer.silent().receive(GET);
        server.last().stream.sendHead(new ResponseHead(200, fields("x-evil", "a\u010a\u010dset-cookie: x")), true);

        assertThat(server.sent()).isEmpty();
        assertThat(server.last().events).contains("reset PROTOCOL_ERROR http1.invalid_response_header");
        assertThat(server.channel.isOpen()).isFalse();
    }

    @Test
    void resetsTheStreamWhenThePeerGoesAway() {
        var server = RecordingServer.silent().receive(GET);
        server.channel.close();

        assertThat(server.last().events).contains("reset CONNECTION_CLOSED downstream_remote_disconnect");
        assertThat(server.closed).isTrue();
    }

    @Test
    void keepsTheConnectionWhenTheRestOfTheRequestComesSoonAfterTheResponse() {
        var server = new RecordingServer(HttpLimits.DEFAULT, exchange -> exchange.respond(404, ""));
        server.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
                .receive("cd" + GET);

        assertThat(server.exchanges).hasSize(2);
        assertThat(server.channel.isOpen()).isTrue();
    }

    private static Headers fields(String name, String value) {
        Headers headers = new Headers();
        headers.add(name, value);
        return headers;
    }
}
