package dev.lateen.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import dev.lateen.net.EventLoops;
import dev.lateen.proto.istio.nds.NameTable.NameInfo;
import dev.lateen.proxy.telemetry.PrometheusText;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsSection;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The name server on real sockets, before name servers that are well, slow, gone or liars.
class DnsServerIT {
    private static final int A = 1;
    private static final int AAAA = 28;
    private static final int HTTPS = 65;
    private static final int PATIENCE_MILLIS = 10_000;

    private final Stats stats = Stats.of(java.util.Map.of()).orRefuse();
    private final EventLoops loops = EventLoops.create("dns", 2);
    private final LiveNames names =
            new LiveNames(new NameTableDecoder("shop.svc.cluster.local", Optional.of("shop.svc.cluster.local")));
    private final List<AutoCloseable> open = new ArrayList<>();

    /// What Netty's own codec reads in an answer.
    private record Answer(int id, int code, boolean truncated, boolean authoritative, List<String> records) {}

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        loops.close();
    }

    private FakeNameServer upstream(FakeNameServer server) {
        open.add(server);
        return server;
    }

    private InetSocketAddress serve(InetSocketAddress... upstream) throws IOException {
        return serve(Duration.ofSeconds(2), upstream);
    }

    private InetSocketAddress serve(Duration timeout, InetSocketAddress... upstream) throws IOException {
        DnsSettings settings = new DnsSettings(
                List.of(new InetSocketAddress("127.0.0.1", 0)),
                new ResolverConfig(List.of(upstream), List.of(), timeout, 2),
                "shop.svc.cluster.local");
        DnsServer server = DnsServer.start(loops, settings, names, stats);
        open.addFirst(server);
        return server.addresses().getFirst();
    }

    private void know(String name, String... addresses) {
        NameInfo info = NameInfo.newBuilder()
                .addAllIps(List.of(addresses))
                .setRegistry("External")
                .build();
        assertThat(names.take(Any.newBuilder()
                        .setValue(dev.lateen.proto.istio.nds.NameTable.newBuilder()
                                .putTable(name, info)
                                .build()
                                .toByteString())
                        .build()))
                .isEmpty();
    }

    private static byte[] askUdp(InetSocketAddress server, byte[] question) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.send(new DatagramPacket(question, question.length, server));
            DatagramPacket answer = new DatagramPacket(new byte[8192], 8192);
            socket.receive(answer);
            return Arrays.copyOf(answer.getData(), answer.getLength());
        }
    }

    private static byte[] askTcp(InetSocketAddress server, byte[] question) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server, PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeShort(question.length);
            out.write(question);
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            return in.readNBytes(in.readUnsignedShort());
        }
    }

    private static Answer read(byte[] answer) throws IOException {
        EmbeddedChannel channel = new EmbeddedChannel(new DatagramDnsResponseDecoder());
        InetSocketAddress somewhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 53);
        channel.writeInbound(
                new io.netty.channel.socket.DatagramPacket(Unpooled.wrappedBuffer(answer), somewhere, somewhere));
        DatagramDnsResponse response = channel.readInbound();
        List<String> records = new ArrayList<>();
        for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
            DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
            String data = "";
            if (record instanceof DnsRawRecord raw
                    && (raw.type().intValue() == A || raw.type().intValue() == AAAA)) {
                byte[] bytes = new byte[raw.content().readableBytes()];
                raw.content().getBytes(raw.content().readerIndex(), bytes);
                data = InetAddress.getByAddress(bytes).getHostAddress();
            }
            records.add((record.name() + " " + record.type().name() + " " + data).strip());
        }
        Answer read = new Answer(
                response.id(),
                response.code().intValue(),
                response.isTruncated(),
                response.isAuthoritativeAnswer(),
                records);
        response.release();
        channel.finishAndReleaseAll();
        return read;
    }

    private double metric(String name) {
        return PrometheusText.of(stats, false)
                .lines()
                .filter(line -> line.startsWith(name + "{} "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(-1);
    }

    @Test
    void answersANameOfTheMeshOverBothTransports() throws IOException {
        know("api.example.com", "240.240.0.7");
        InetSocketAddress server = serve();
        byte[] question = Questions.of(77, "API.example.com", A, 1232);
        Answer expected = new Answer(77, 0, false, true, List.of("api.example.com. A 240.240.0.7"));

        assertThat(read(askUdp(server, question)).records()).containsExactly("API.example.com. A 240.240.0.7");
        assertThat(read(askTcp(server, Questions.of(77, "api.example.com", A)))).isEqualTo(expected);
        assertThat(metric("istio_agent_dns_requests_total")).isEqualTo(2);
        assertThat(metric("istio_agent_dns_upstream_requests_total")).isZero();
    }

    @Test
    void saysThatANameOfTheMeshHasNoAddressOfTheOtherFamily() throws IOException {
        know("api.example.com", "240.240.0.7");
        assertThat(read(askUdp(serve(), Questions.of(1, "api.example.com", AAAA))))
                .isEqualTo(new Answer(1, 0, false, true, List.of()));
    }

    @Test
    void neverLetsOthersDenyANameOfTheMesh() throws IOException {
        know("api.example.com", "240.240.0.7");
        FakeNameServer denies = upstream(new FakeNameServer(asked -> List.of(Questions.code(asked, 3))));
        InetSocketAddress server = serve(denies.address());

        assertThat(read(askUdp(server, Questions.of(1, "api.example.com", HTTPS)))
                        .code())
                .isZero();
        assertThat(read(askUdp(server, Questions.of(2, "nowhere.example.com", A)))
                        .code())
                .isEqualTo(3);
    }

    @Test
    void answersANameInTheSearchDomainWithAnAlias() throws IOException {
        know("api.example.com", "240.240.0.7");
        assertThat(read(askUdp(serve(), Questions.of(1, "api.example.com.shop.svc.cluster.local", A)))
                        .records())
                .containsExactly("api.example.com.shop.svc.cluster.local. CNAME", "api.example.com. A 240.240.0.7");
    }

    @Test
    void saysThatAnAnswerIsCutAndGivesTheWholeOverTcp() throws IOException {
        String[] many =
                IntStream.rangeClosed(1, 100).mapToObj(i -> "10.0.0." + i).toArray(String[]::new);
        know("pods.example.com", many);
        InetSocketAddress server = serve();
        byte[] datagram = askUdp(server, Questions.of(1, "pods.example.com", A));
        assertThat(datagram).hasSizeLessThanOrEqualTo(512);
        assertThat(read(datagram).truncated()).isTrue();
        assertThat(read(askTcp(server, Questions.of(1, "pods.example.com", A))).records())
                .hasSize(100);
        assertThat(read(askUdp(server, Questions.of(1, "pods.example.com", A, 4096)))
                        .records())
                .hasSize(100);
    }

    @Test
    void startsWithAnotherAddressEachTime() throws IOException {
        know("pods.example.com", "10.0.0.1", "10.0.0.2", "10.0.0.3");
        InetSocketAddress server = serve();
        HashSet<String> first = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            first.add(read(askUdp(server, Questions.of(i, "pods.example.com", A)))
                    .records()
                    .getFirst());
        }
        assertThat(first).hasSize(3);
    }

    @Test
    void forwardsOtherNamesUnderIdsAndPortsOfItsOwn() throws IOException {
        FakeNameServer well = upstream(new FakeNameServer(asked -> List.of(Questions.answer(asked, 2))));
        InetSocketAddress server = serve(well.address());
        for (int i = 0; i < 20; i++) {
            assertThat(read(askUdp(server, Questions.of(4711, "www.example.org", A))))
                    .isEqualTo(new Answer(
                            4711,
                            0,
                            false,
                            false,
                            List.of("www.example.org. A 10.0.0.1", "www.example.org. A 10.0.0.2")));
        }
        assertThat(new HashSet<>(well.ids)).hasSizeGreaterThan(15);
        assertThat(new HashSet<>(well.ports)).hasSizeGreaterThan(10);
        assertThat(metric("istio_agent_dns_upstream_requests_total")).isEqualTo(20);
        assertThat(metric("istio_agent_dns_upstream_request_duration_seconds_count"))
                .isEqualTo(20);
    }

    @Test
    void asksTheNextServerAtOnceWhereNobodyListens() throws IOException {
        FakeNameServer gone = new FakeNameServer(_ -> List.of());
        gone.close();
        FakeNameServer well = upstream(new FakeNameServer(asked -> List.of(Questions.answer(asked, 1))));
        InetSocketAddress server = serve(Duration.ofSeconds(30), gone.address(), well.address());

        assertThat(read(askUdp(server, Questions.of(5, "www.example.org", A))).records())
                .hasSize(1);
        assertThat(metric("istio_agent_dns_upstream_failures_total")).isEqualTo(1);
    }

    @Test
    void asksTheNextServerWhereOneIsSilentOrRefuses() throws IOException {
        FakeNameServer silent = upstream(new FakeNameServer(_ -> List.of()));
        FakeNameServer refuses = upstream(new FakeNameServer(asked -> List.of(Questions.code(asked, 5))));
        FakeNameServer well = upstream(new FakeNameServer(asked -> List.of(Questions.answer(asked, 1))));
        InetSocketAddress server = serve(Duration.ofMillis(200), silent.address(), refuses.address(), well.address());

        assertThat(read(askUdp(server, Questions.of(5, "www.example.org", A))).records())
                .hasSize(1);
    }

    @Test
    void saysThatItFailedWhereNobodyAnswers() throws IOException {
        FakeNameServer silent = upstream(new FakeNameServer(_ -> List.of()));
        InetSocketAddress server = serve(Duration.ofMillis(100), silent.address());

        assertThat(read(askUdp(server, Questions.of(5, "www.example.org", A))))
                .isEqualTo(new Answer(5, 2, false, false, List.of()));
        await().untilAsserted(() -> assertThat(silent.questions).hasSize(2));
    }

    @Test
    void takesNothingThatIsNoAnswerToItsQuestion() throws IOException {
        FakeNameServer liar = upstream(new FakeNameServer(asked -> {
            byte[] otherId = Questions.answer(asked, 9);
            otherId[1] ^= 1;
            byte[] otherName = Questions.answer(asked, 9);
            otherName[13] ^= 1;
            return List.of(otherId, otherName, asked, new byte[3], Questions.answer(asked, 1));
        }));
        InetSocketAddress server = serve(liar.address());

        assertThat(read(askUdp(server, Questions.of(5, "www.example.org", A))).records())
                .containsExactly("www.example.org. A 10.0.0.1");
    }

    @Test
    void leavesAServerFromWhichManyGuessesCome() throws IOException {
        FakeNameServer liar = upstream(new FakeNameServer(asked -> IntStream.range(0, 64)
                .mapToObj(i -> {
                    byte[] guess = Questions.answer(asked, 9);
                    guess[0] ^= (byte) (i + 1);
                    return guess;
                })
                .toList()));
        FakeNameServer well = upstream(new FakeNameServer(asked -> List.of(Questions.answer(asked, 1))));
        InetSocketAddress server = serve(Duration.ofSeconds(30), liar.address(), well.address());

        assertThat(read(askUdp(server, Questions.of(5, "www.example.org", A))).records())
                .hasSize(1);
    }

    @Test
    void asksOverTcpForWhatIsTruncated() throws IOException {
        FakeNameServer large = upstream(new FakeNameServer(
                asked -> List.of(Questions.truncated(asked)), asked -> List.of(Questions.answer(asked, 60))));
        InetSocketAddress server = serve(large.address());

        assertThat(read(askUdp(server, Questions.of(5, "www.example.org", A, 4096)))
                        .records())
                .hasSize(60);
        Answer small = read(askUdp(server, Questions.of(5, "www.example.org", A)));
        assertThat(small.truncated()).isTrue();
        assertThat(small.records()).isEmpty();
        assertThat(read(askTcp(server, Questions.of(5, "www.example.org", A))).records())
                .hasSize(60);
    }

    @Test
    void asksForNoLongerDatagramsThanItTakes() throws IOException {
        FakeNameServer well = upstream(new FakeNameServer(asked -> List.of(Questions.answer(asked, 1))));
        askUdp(serve(well.address()), Questions.of(5, "www.example.org", A, 65_000));
        byte[] question = well.questions.getFirst();
        assertThat(question[question.length - 8]).isEqualTo((byte) (DnsQuery.MAX_DATAGRAM >> 8));
    }

    @Test
    void keepsAConnectionForSeveralQuestions() throws IOException {
        know("api.example.com", "240.240.0.7");
        InetSocketAddress server = serve();
        try (Socket socket = new Socket()) {
            socket.connect(server, PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            for (int i = 0; i < 200; i++) {
                byte[] question = Questions.of(i, "api.example.com", A);
                out.writeShort(question.length);
                out.write(question);
            }
            out.flush();
            socket.shutdownOutput();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            for (int i = 0; i < 200; i++) {
                assertThat(read(in.readNBytes(in.readUnsignedShort())).id()).isEqualTo(i);
            }
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void answersNothingToAnAnswerAndRefusesNonsense() throws IOException {
        InetSocketAddress server = serve();
        byte[] nonsense = Questions.of(9, "api.example.com", A);
        nonsense[5] = 3;
        assertThat(askUdp(server, nonsense)).startsWith(0, 9).hasSize(12);
        assertThat(read(askUdp(server, nonsense)).code()).isEqualTo(1);
        try (DatagramSocket socket = new DatagramSocket()) {
            byte[] answer = Questions.answer(Questions.of(1, "a.b", A), 1);
            socket.send(new DatagramPacket(answer, answer.length, server));
            byte[] question = Questions.of(2, "a.b", A);
            know("a.b", "10.0.0.1");
            socket.send(new DatagramPacket(question, question.length, server));
            socket.setSoTimeout(PATIENCE_MILLIS);
            DatagramPacket first = new DatagramPacket(new byte[512], 512);
            socket.receive(first);
            assertThat(first.getData()[1]).isEqualTo((byte) 2);
        }
    }

    @Test
    void asksNoMoreThanSoManyAtATime() throws IOException {
        FakeNameServer silent = upstream(new FakeNameServer(_ -> List.of()));
        InetSocketAddress server = serve(Duration.ofSeconds(60), silent.address());
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < Forwarder.MAX_PARALLEL; i++) {
                int before = i;
                send(socket, server, i);
                await().until(() -> silent.questions.size() > before);
            }
            send(socket, server, 999);
            socket.setSoTimeout(PATIENCE_MILLIS);
            DatagramPacket first = new DatagramPacket(new byte[512], 512);
            socket.receive(first);
            Answer answer = read(Arrays.copyOf(first.getData(), first.getLength()));
            assertThat(answer).isEqualTo(new Answer(999, DnsQuery.SERVER_FAILURE, false, false, List.of()));
        }
    }

    private static void send(DatagramSocket socket, InetSocketAddress server, int id) throws IOException {
        byte[] question = Questions.of(id, "n" + id + ".example.org", A);
        socket.send(new DatagramPacket(question, question.length, server));
    }
}
