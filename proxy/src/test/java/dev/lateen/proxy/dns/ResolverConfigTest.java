package dev.lateen.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ResolverConfigTest {
    @Test
    void readsServersDomainsAndOptions() {
        ResolverConfig config = ResolverConfig.parse("""
                # of the cluster
                nameserver 10.96.0.10
                nameserver fd00::10
                search shop.svc.cluster.local. SVC.cluster.local
                options ndots:5 timeout:1 attempts:9
                """);
        assertThat(config.servers())
                .containsExactly(new InetSocketAddress("10.96.0.10", 53), new InetSocketAddress("fd00::10", 53));
        assertThat(config.search()).containsExactly("shop.svc.cluster.local", "svc.cluster.local");
        assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.rounds()).isEqualTo(5);
    }

    @Test
    void doesWithoutAnything() {
        ResolverConfig config = ResolverConfig.parse("nameserver\nnameserver here\noptions timeout:x\n");
        assertThat(config.servers()).isEmpty();
        assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.rounds()).isEqualTo(2);
    }
}
