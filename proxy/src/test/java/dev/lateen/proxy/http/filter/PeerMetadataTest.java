package dev.lateen.proxy.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.proxy.stream.PeerInfo;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PeerMetadataTest {
    private static final PeerInfo PEER = new PeerInfo("cart-v1", "shop", "cart", "v1", "cart", "v1", "K");

    private static String text(Struct struct) {
        return Base64.getEncoder().encodeToString(struct.toByteArray());
    }

    private static Value value(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    @Test
    void readsWhatItWrites() {
        assertThat(PeerMetadata.decode(PeerMetadata.encode(PEER))).isEqualTo(PEER);
        assertThat(PeerMetadata.decode(PeerMetadata.encode(PeerInfo.UNKNOWN))).isEqualTo(PeerInfo.UNKNOWN);
    }

    @Test
    void tellsWhichReplicaItIs() {
        PeerInfo told = new PeerInfo(
                "cart-v1",
                "shop",
                "cart",
                "v1",
                "cart",
                "v1",
                "K",
                new PeerInfo.Replica("cart-v1-77", "deployment", Map.of("role", "edge")));
        PeerInfo read = PeerMetadata.decode(PeerMetadata.encode(told));
        assertThat(read).isEqualTo(PEER).isNotNull();
        assertThat(read.replica().name()).isEqualTo("cart-v1-77");
        assertThat(read.replica().type()).isEqualTo("deployment");
        assertThat(read.replica().labels()).containsEntry("app", "cart").doesNotContainKey("role");
    }

    @Test
    void readsAllLabelsThatAPeerTells() {
        Struct labels = Struct.newBuilder().putFields("role", value("edge")).build();
        PeerInfo read = PeerMetadata.decode(text(Struct.newBuilder()
                .putFields("OWNER", value("kubernetes://apis/batch/v1/namespaces/shop/cronjobs/nightly"))
                .putFields("LABELS", Value.newBuilder().setStructValue(labels).build())
                .build()));
        assertThat(read).isNotNull();
        assertThat(read.replica().type()).isEqualTo("cronjob");
        assertThat(read.replica().labels()).containsExactly(Map.entry("role", "edge"));
    }

    @Test
    void takesTheNameOfTheWorkloadWhereNoLabelNamesTheService() {
        assertThat(PeerMetadata.decode(text(Struct.newBuilder()
                        .putFields("WORKLOAD_NAME", value("cart-v1"))
                        .build())))
                .isEqualTo(new PeerInfo("cart-v1", "unknown", "unknown", "unknown", "cart-v1", "latest", "unknown"));
    }

    @Test
    void refusesTextThatIsNoBase64() {
        assertThat(PeerMetadata.decode("!" + PeerMetadata.encode(PEER))).isNull();
    }

    @Test
    void refusesBytesThatAreNoStruct() {
        assertThat(PeerMetadata.decode(Base64.getEncoder().encodeToString(new byte[] {10, 127, 1})))
                .isNull();
    }

    @Test
    void refusesTextThatIsTooLong() {
        Struct.Builder struct = Struct.newBuilder().putFields("WORKLOAD_NAME", value("cart-v1"));
        String good = text(struct.putFields("X", value("x".repeat(PeerMetadata.MAX_TEXT / 2)))
                .build());
        String bad = text(
                struct.putFields("X", value("x".repeat(PeerMetadata.MAX_TEXT))).build());
        assertThat(PeerMetadata.decode(good)).isNotNull();
        assertThat(PeerMetadata.decode(bad)).isNull();
    }

    @Test
    void refusesStructsThatAreNestedTooDeep() {
        Struct nested = Struct.getDefaultInstance();
        for (int depth = 0; depth < 200; depth++) {
            nested = Struct.newBuilder()
                    .putFields("a", Value.newBuilder().setStructValue(nested).build())
                    .build();
        }
        assertThat(text(nested)).hasSizeLessThan(PeerMetadata.MAX_TEXT);
        assertThat(PeerMetadata.decode(text(nested))).isNull();
    }

    @Test
    void takesLongValuesForUnknown() {
        PeerInfo read = PeerMetadata.decode(text(Struct.newBuilder()
                .putFields("WORKLOAD_NAME", value("w".repeat(257)))
                .putFields("NAMESPACE", value("shop"))
                .build()));
        assertThat(read).extracting(PeerInfo::workload, PeerInfo::namespace).containsExactly("unknown", "shop");
    }

    @Test
    void anIdDoesNotLetAPeerSpeakForAnother() {
        KnownPeers peers = new KnownPeers();
        PeerInfo other = new PeerInfo("pay-v2", "shop", "pay", "v2", "pay", "v2", "K");
        assertThat(peers.read("one", PeerMetadata.encode(PEER))).isEqualTo(PEER);
        assertThat(peers.read("one", PeerMetadata.encode(other))).isEqualTo(other);
        assertThat(peers.read("one", PeerMetadata.encode(PEER))).isEqualTo(PEER);
        assertThat(peers.size()).isEqualTo(1);
    }

    @Test
    void keepsOnlySoManyPeers() {
        KnownPeers peers = new KnownPeers();
        String text = PeerMetadata.encode(PEER);
        for (int id = 0; id < 1000; id++) {
            peers.read("peer-" + id, text);
        }
        peers.read("x".repeat(10_000), text);
        assertThat(peers.size()).isEqualTo(256);
    }
}
