package dev.lateen.net.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.ClientConnection;
import dev.lateen.net.http.ClientStream;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpLimits;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.net.http.ResponseListener;
import dev.lateen.net.http.StreamReset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Http1ClientConnectionTest {
    private final Http1ClientConnection connection = new Http1ClientConnection(HttpLimits.DEFAULT);
    private final EmbeddedChannel channel = new EmbeddedChannel(connection);
    private final Recorder response = new Recorder();
    private final StringBuilder pool = new StringBuilder();

    Http1ClientConnectionTest() {
        connection.listener(new ClientConnection.Listener() {
            @Override
            public void onStreamAvailable(ClientConnection connection) {
                pool.append("available ");
            }

            @Override
            public void onDraining(ClientConnection connection) {
                pool.append("draining ");
            }

            @Override
            public void onClosed(ClientConnection connection, String details) {
                pool.append("closed:").append(details).append(' ');
            }
        });
    }

    @Test
    void writesARequestWithoutABody() {
        connection.open(request("GET"), true, response);

        assertThat(sent()).isEqualTo("GET /p HTTP/1.1\r\nhost: shop\r\nx-id: 7\r\n\r\n");
    }

    @Test
    void saysThatAnEmptyPostIsEmpty() {
        connection.open(request("POST"), true, response);

        assertThat(sent()).contains("\r\ncontent-length: 0\r\n");
    }

    @Test
    void chunksARequestOfUnknownLength() {
        ClientStream stream = connection.open(request("POST"), false, response);
        stream.sendData(bytes("abc"), false);
        stream.sendData(Unpooled.EMPTY_BUFFER, true);

        assertThat(sent()).endsWith("transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    }

    @Test
    void refusesToSendMoreThanTheLengthThatWasPromised() {
        RequestHead head = request("POST");
        head.headers().add("content-length", "2");
        ClientStream stream = connection.open(head, false, response);
        stream.sendData(bytes("abc"), true);

        assertThat(response.text).hasToString("reset PROTOCOL_ERROR http1.request_length_mismatch;");
        assertThat(sent()).doesNotContain("abc");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void refusesToWriteALineBreakInTheTarget() {
        RequestHead head = request("GET");
        head.path("/a HTTP/1.1\r\nhost: evil\r\n\r\n");
        connection.open(head, true, response);

        assertThat(sent()).isEmpty();
        assertThat(response.text).contains("http1.invalid_request_header");
    }

    @Test
    void isAvailableAgainAfterACountedResponse() {
        connection.open(request("GET"), true, response);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n\r\nhi");

        assertThat(response.text).hasToString("head 200 content-length: 2,x-a: b,;data hi;end;");
        assertThat(connection.availableStreams()).isEqualTo(1);
        assertThat(pool).hasToString("available ");
    }

    @Test
    void closesWhenTheResponseSaysSo() {
        connection.open(request("GET"), true, response);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        assertThat(response.text).hasToString("head 200 content-length: 0,;end;");
        assertThat(connection.availableStreams()).isZero();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void takesBytesBehindAResponseForAnAttack() {
        connection.open(request("GET"), true, response);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        assertThat(response.text).hasToString("head 200 content-length: 0,;end;");
        assertThat(channel.isOpen()).isFalse();
        assertThat(pool).contains("closed:http1.unsolicited_response").doesNotContain("available");
    }

    @Test
    void endsAResponseWithoutLengthAtTheClose() {
        connection.open(request("GET"), true, response);
        receive("HTTP/1.0 200 OK\r\n\r\nsome");
        channel.close();

        assertThat(response.text).hasToString("head 200 ;data some;end;");
    }

    @Test
    void reportsAConnectionThatClosesWithinABody() {
        connection.open(request("GET"), true, response);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome");
        channel.close();

        assertThat(response.text).endsWith("data some;reset CONNECTION_CLOSED upstream_remote_disconnect;");
    }

    @Test
    void passesInformationalHeadsOn() {
        connection.open(request("GET"), true, response);
        receive(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");

        assertThat(response.text).hasToString("informational 100;informational 103;head 204 ;end;");
    }

    @Test
    void knowsThatAnAnswerToHeadHasNoBody() {
        connection.open(request("HEAD"), true, response);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");

        assertThat(response.text).endsWith("end;");
        assertThat(connection.availableStreams()).isEqualTo(1);
    }

    @Test
    void opensATunnelWhenTheUpgradeIsGranted() {
        RequestHead head = request("GET");
        head.protocol("websocket");
        ClientStream stream = connection.open(head, false, response);
        assertThat(sent()).endsWith("connection: upgrade\r\nupgrade: websocket\r\n\r\n");
        assertThat(stream.isWritable()).isFalse();
        stream.sendData(bytes("early"), false);
        assertThat(sent()).isEmpty();

        receive("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframe");

        assertThat(sent()).isEqualTo("early");
        assertThat(response.text).hasToString("head 101 ;writable;data frame;");
    }

    @Test
    void endsTheRequestWhenTheUpgradeIsRefused() {
        RequestHead head = request("GET");
        head.protocol("websocket");
        connection.open(head, false, response);
        receive("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");

        assertThat(response.text).hasToString("head 400 content-length: 0,;end;");
        assertThat(connection.availableStreams()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\nContent-Length: 1\\r\\n\\r\\n",
                "HTTP/1.1 2xx OK\\r\\n\\r\\n",
                "HTTP/1.1 20\\r\\n\\r\\n",
                "HTTP/2.0 200 OK\\r\\n\\r\\n",
                "HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: x\\r\\n\\r\\n",
                "HTTP/1.1 200 OK\\r\\nX : y\\r\\n\\r\\n",
                "\\r\\n\\r\\n",
                "garbage\\r\\n\\r\\n",
            })
    void refusesAResponseThatIsNoHttp(String bytes) {
        connection.open(request("GET"), true, response);
        receive(bytes.translateEscapes());

        assertThat(response.text).startsWith("reset PROTOCOL_ERROR");
        assertThat(channel.isOpen()).isFalse();
    }

    private void receive(String bytes) {
        channel.writeInbound(bytes(bytes));
        channel.runPendingTasks();
    }

    private String sent() {
        channel.runPendingTasks();
        StringBuilder text = new StringBuilder();
        ByteBuf buffer = channel.readOutbound();
        while (buffer != null) {
            text.append(buffer.toString(StandardCharsets.ISO_8859_1));
            buffer.release();
            buffer = channel.readOutbound();
        }
        return text.toString();
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static RequestHead request(String method) {
        Headers headers = new Headers();
        headers.add("x-id", "7");
        return new RequestHead(HttpVersion.HTTP_1_1, method, "http", "shop", "/p", headers);
    }

    private static final class Recorder implements ResponseListener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public void onInformational(ResponseHead head) {
            text.append("informational ").append(head.status()).append(';');
        }

        @Override
        public void onHead(ResponseHead head, boolean end) {
            text.append("head ").append(head.status()).append(' ');
            text.append(head.headers().toString().replace('\n', ',')).append(';');
            text.append(end ? "end;" : "");
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            if (data.isReadable()) {
                text.append("data ")
                        .append(data.toString(StandardCharsets.ISO_8859_1))
                        .append(';');
            }
            data.release();
            text.append(end ? "end;" : "");
        }

        @Override
        public void onTrailers(Headers trailers) {
            text.append("trailers;");
        }

        @Override
        public void onReset(StreamReset reason, String details) {
            text.append("reset ").append(reason).append(' ').append(details).append(';');
        }

        @Override
        public void onWritabilityChanged(boolean writable) {
            text.append(writable ? "writable;" : "full;");
        }
    }
}
