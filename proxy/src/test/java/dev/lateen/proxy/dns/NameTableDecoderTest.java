package dev.lateen.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.lateen.proto.istio.nds.NameTable.NameInfo;
import dev.lateen.proxy.config.Decoded;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NameTableDecoderTest {
    private static final NameInfo ORDERS = NameInfo.newBuilder()
            .addIps("10.1.1.1")
            .addIps("fd00::1")
            .setRegistry("Kubernetes")
            .setShortname("orders")
            .setNamespace("shop")
            .build();
    private static final NameInfo OUTSIDE =
            NameInfo.newBuilder().addIps("240.240.0.1").setRegistry("External").build();

    private final NameTableDecoder decoder =
            new NameTableDecoder("shop.svc.cluster.local", Optional.of("shop.svc.cluster.local"));

    private Decoded<NameTable> decode(Map<String, NameInfo> names) {
        return decoder.decode(Any.newBuilder()
                .setValue(dev.lateen.proto.istio.nds.NameTable.newBuilder()
                        .putAllTable(names)
                        .build()
                        .toByteString())
                .build());
    }

    private NameTable table(Map<String, NameInfo> names) {
        return decode(names).orRefuse();
    }

    @Test
    void knowsAServiceOfTheClusterByItsShortNames() {
        NameTable table = table(Map.of("orders.shop.svc.cluster.local", ORDERS));
        for (String name : List.of("orders", "orders.shop", "orders.shop.svc", "orders.shop.svc.cluster.local")) {
            NameTable.Match match = table.find(name);
            assertThat(match).as(name).isNotNull();
            assertThat(match.canonical()).as(name).isEmpty();
            assertThat(match.addresses().ipv4()).as(name).hasDimensions(1, 4);
            assertThat(match.addresses().ipv6()).as(name).hasDimensions(1, 16);
        }
        assertThat(table.find("orders.other")).isNull();
    }

    @Test
    void knowsNoShortNameOfAServiceElsewhere() {
        NameTable table = table(Map.of(
                "orders.other.svc.cluster.local",
                ORDERS.toBuilder().setNamespace("other").build()));
        assertThat(table.find("orders")).isNull();
        assertThat(table.find("orders.other")).isNotNull();
    }

    @Test
    void knowsANameInTheFirstSearchDomainAsAnAlias() {
        NameTable.Match match =
                table(Map.of("api.example.com", OUTSIDE)).find("api.example.com.shop.svc.cluster.local");
        assertThat(match).isNotNull();
        assertThat(match.canonical()).isEqualTo("api.example.com");
    }

    @Test
    void prefersTheMostSpecificWildcard() {
        NameInfo deeper = OUTSIDE.toBuilder().setIps(0, "240.240.0.2").build();
        NameTable table = table(Map.of("*.example.com", OUTSIDE, "*.api.example.com", deeper));
        NameTable.Match match = table.find("v1.api.example.com");
        assertThat(match).isNotNull();
        assertThat(match.addresses().ipv4()[0]).containsExactly(240, 240, 0, 2);
        assertThat(table.find("example.com")).isNull();
    }

    @Test
    void neverHidesAHostBehindAShortName() {
        NameTable table = table(Map.of("orders.shop", OUTSIDE, "orders.shop.svc.cluster.local", ORDERS));
        NameTable.Match match = table.find("orders.shop");
        assertThat(match).isNotNull();
        assertThat(match.addresses().ipv4()[0]).containsExactly(240, 240, 0, 1);
    }

    @Test
    void refusesWhatIsNoAddressAndWhatIsNoName() {
        assertThat(decode(Map.of("a.b", NameInfo.newBuilder().addIps("10.0.0").build())))
                .isEqualTo(new Decoded.Rejected<>("name table: 'a.b': '10.0.0' (expected: an IP address)"));
        assertThat(decode(Map.of("a..b", OUTSIDE)))
                .isEqualTo(new Decoded.Rejected<>("name table: 'a..b' (expected: a host name)"));
    }
}
