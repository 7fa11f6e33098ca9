package dev.lateen.proxy.authz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.stream.StreamInfo;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// gRPC's question and answer.
class CheckCodecTest {
    private static byte[] frame(CheckResponse response) {
        byte[] message = response.toByteArray();
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
    }

    private static Headers answered() {
        Headers headers = new Headers();
        headers.add("grpc-status", "0");
        return headers;
    }

    @Test
    void tellsWhoAsksForWhat() throws Exception {
        // Given
        StreamInfo info = new StreamInfo();
        info.downstreamDirectRemote = new InetSocketAddress("127.0.0.1", 1234);
        info.downstreamPeerUri = "spiffe://a/ns/b/sa/c";
        info.requestedServerName = "sni.test";
        info.metadata().putAll("jwt", Map.of("payload", Map.of("sub", "me", "l", List.of(1.0, true))));
        RequestHead head = new RequestHead(HttpVersion.HTTP_1_1, "POST", "http", "a.test", "/p?q", new Headers());
        var told = new AuthorizationCall.Told(
                Optional.of(new byte[] {'h', 'i'}), false, false, 2, Map.of("k", "v"), List.of("jwt", "none"), true);
        // When
        byte[] bytes = CheckCodec.encode(head, info, Map.of("x-a", "1"), told);
        // Then
        assertThat(ByteBuffer.wrap(bytes).getInt(1)).isEqualTo(bytes.length - 5);
        var attributes = CheckRequest.parseFrom(ByteBuffer.wrap(bytes, 5, bytes.length - 5))
                .getAttributes();
        assertThat(attributes.getSource().getPrincipal()).isEqualTo("spiffe://a/ns/b/sa/c");
        assertThat(attributes.getSource().getAddress().getSocketAddress().getPortValue())
                .isEqualTo(1234);
        var http = attributes.getRequest().getHttp();
        assertThat(http.getMethod() + " " + http.getHost() + http.getPath() + " " + http.getProtocol())
                .isEqualTo("POST a.test/p?q HTTP/1.1");
        assertThat(http.getHeadersMap()).isEqualTo(Map.of("x-a", "1"));
        assertThat(http.getBody()).isEqualTo("hi");
        assertThat(attributes.getContextExtensionsMap()).isEqualTo(Map.of("k", "v"));
        assertThat(attributes.getMetadataContext().getFilterMetadataMap()).containsOnlyKeys("jwt");
        assertThat(attributes.getTlsSession().getSni()).isEqualTo("sni.test");
    }

    @Test
    void readsThatARequestMayPass() {
        var header = HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey("X-User").setValue("me"));
        var response = CheckResponse.newBuilder()
                .setOkResponse(OkHttpResponse.newBuilder().addHeaders(header).addHeadersToRemove("x-b"))
                .build();
        assertThat(CheckCodec.decode(200, answered(), frame(response)))
                .isEqualTo(new Verdict.Pass(
                        List.of(new Verdict.Change("x-user", "me", Verdict.Mode.SET)),
                        List.of("x-b"),
                        List.of(),
                        Map.of(),
                        List.of(),
                        Map.of()));
    }

    @Test
    void readsThatItMayNot() {
        var response = CheckResponse.newBuilder()
                .setStatus(com.google.rpc.Status.newBuilder().setCode(7))
                .setDeniedResponse(DeniedHttpResponse.newBuilder()
                        .setStatus(HttpStatus.newBuilder().setCode(StatusCode.PaymentRequired))
                        .setBody("pay"))
                .build();
        assertThat(CheckCodec.decode(200, answered(), frame(response)))
                .isInstanceOfSatisfying(Verdict.Refuse.class, refuse -> {
                    assertThat(refuse.status()).isEqualTo(402);
                    assertThat(refuse.body().toStringUtf8()).isEqualTo("pay");
                });
    }

    @Test
    void takesAnythingElseForAFailure() {
        byte[] good = frame(CheckResponse.getDefaultInstance());
        Headers failed = new Headers();
        failed.add("grpc-status", "14");
        assertThat(CheckCodec.decode(200, failed, good)).isEqualTo(new Verdict.Failed(false));
        assertThat(CheckCodec.decode(200, new Headers(), good)).isEqualTo(new Verdict.Failed(false));
        assertThat(CheckCodec.decode(503, answered(), good)).isEqualTo(new Verdict.Failed(false));
        assertThat(CheckCodec.decode(200, answered(), new byte[3])).isEqualTo(new Verdict.Failed(false));
        assertThat(CheckCodec.decode(200, answered(), new byte[] {0, 0, 0, 0, 9, 1}))
                .isEqualTo(new Verdict.Failed(false));
    }
}
