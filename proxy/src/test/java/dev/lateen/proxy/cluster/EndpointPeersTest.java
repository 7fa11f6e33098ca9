package dev.lateen.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.stream.PeerInfo;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointPeersTest {
    private static final long SECOND = 1_000_000_000;
    private static final PeerInfo STOCK = EndpointDecoder.peer("stock-1;default;stock;v1;here");
    private static final PeerInfo PROVED = PeerInfo.ofIdentity("spiffe://td/ns/default/sa/stock");

    private final Map<InetSocketAddress, PeerInfo> endpoints = new LinkedHashMap<>();
    private final EndpointPeers peers = new EndpointPeers(endpoints::forEach);

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(address, port);
    }

    @Test
    void findsTheWorkloadOfAnAddressWhateverThePort() {
        endpoints.put(at("10.0.0.1", 8080), STOCK);
        endpoints.put(at("10.0.0.1", 9090), STOCK);
        assertThat(peers.find(at("10.0.0.1", 41_000), PROVED, 0)).isEqualTo(STOCK);
        assertThat(peers.find(at("10.0.0.2", 8080), PROVED, 0)).isEqualTo(PROVED);
    }

    @Test
    void believesNoAddressThatTheCertificateContradicts() {
        endpoints.put(at("10.0.0.1", 8080), STOCK);
        PeerInfo other = PeerInfo.ofIdentity("spiffe://td/ns/other/sa/stock");
        assertThat(peers.find(at("10.0.0.1", 41_000), other, 0)).isEqualTo(other);
        assertThat(peers.find(at("10.0.0.1", 41_000), PeerInfo.UNKNOWN, 0)).isEqualTo(PeerInfo.UNKNOWN);
    }

    @Test
    void tellsNothingOfAnAddressThatSeveralWorkloadsHave() {
        endpoints.put(at("10.0.0.1", 8080), STOCK);
        endpoints.put(at("10.0.0.1", 9090), EndpointDecoder.peer("shop-1;default;shop;v1;here"));
        assertThat(peers.find(at("10.0.0.1", 41_000), PROVED, 0)).isEqualTo(PROVED);
    }

    @Test
    void looksAgainAfterAChangeButNotAtOnce() {
        assertThat(peers.find(at("10.0.0.1", 1), PROVED, 0)).isEqualTo(PROVED);
        endpoints.put(at("10.0.0.1", 8080), STOCK);
        peers.changed();
        assertThat(peers.find(at("10.0.0.1", 1), PROVED, SECOND / 2)).isEqualTo(PROVED);
        assertThat(peers.find(at("10.0.0.1", 1), PROVED, SECOND)).isEqualTo(STOCK);
    }
}
