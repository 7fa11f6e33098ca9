package dev.lateen.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.proxy.config.CidrRange;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.Refusal;
import dev.lateen.proxy.listener.FilterChainMatch.SourceMatch;
import dev.lateen.proxy.listener.FilterChainMatch.SourceType;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// The order of criteria: port, address, server name, transport, application protocol, direct source, source type,
/// source address, source port; the first that tells chains apart decides, and what comes later cannot take it
/// back.
///
/// Source: envoy.config.listener.v3.FilterChainMatch.
class FilterChainTableTest {
    private final List<FilterChainTable.Entry<String>> chains = new ArrayList<>();

    private static CidrRange range(String text) {
        int slash = text.indexOf('/');
        return CommonDecoder.cidr(
                io.envoyproxy.envoy.config.core.v3.CidrRange.newBuilder()
                        .setAddressPrefix(text.substring(0, slash))
                        .setPrefixLen(com.google.protobuf.UInt32Value.of(Integer.parseInt(text.substring(slash + 1))))
                        .build(),
                Place.resource("listener", "a"));
    }

    private static List<CidrRange> ranges(String... texts) {
        return List.of(texts).stream().map(FilterChainTableTest::range).toList();
    }

    private static FilterChainMatch match(int port, List<CidrRange> to, List<String> names, String transport) {
        return new FilterChainMatch(
                port == 0 ? OptionalInt.empty() : OptionalInt.of(port),
                to,
                names,
                transport,
                List.of(),
                SourceMatch.ALL);
    }

    private static FilterChainMatch protocols(String... names) {
        return new FilterChainMatch(OptionalInt.empty(), List.of(), List.of(), "", List.of(names), SourceMatch.ALL);
    }

    private static FilterChainMatch from(SourceMatch source) {
        return new FilterChainMatch(OptionalInt.empty(), List.of(), List.of(), "", List.of(), source);
    }

    private void chain(String name, FilterChainMatch match) {
        chains.add(new FilterChainTable.Entry<>(name, match, name));
    }

    private static ConnectionFacts facts(String to, int port, String from, int sourcePort) {
        ConnectionFacts facts =
                new ConnectionFacts(new InetSocketAddress(to, port), new InetSocketAddress(from, sourcePort));
        facts.transportProtocol = ConnectionFacts.RAW_BUFFER;
        return facts;
    }

    private static ConnectionFacts facts() {
        return facts("10.0.0.1", 80, "192.0.2.1", 5000);
    }

    private static ConnectionFacts named(String serverName) {
        ConnectionFacts facts = facts();
        facts.transportProtocol = ConnectionFacts.TLS;
        facts.serverName = serverName;
        return facts;
    }

    private String find(ConnectionFacts facts) {
        return String.valueOf(FilterChainTable.of(chains, "default").find(facts));
    }

    @Test
    void thePortDecidesBeforeTheAddress() {
        chain("port", match(80, List.of(), List.of(), ""));
        chain("address", match(0, ranges("10.0.0.1/32"), List.of(), ""));
        assertThat(find(facts())).isEqualTo("port");
        assertThat(find(facts("10.0.0.1", 81, "192.0.2.1", 1))).isEqualTo("address");
    }

    @Test
    void theLongestPrefixDecidesBeforeTheServerName() {
        chain("wide", match(0, ranges("10.0.0.0/8"), List.of("a.test"), ""));
        chain("narrow", match(0, ranges("10.0.0.0/24"), List.of(), ""));
        assertThat(find(named("a.test"))).isEqualTo("narrow");
        assertThat(find(facts("10.9.0.1", 80, "192.0.2.1", 1)))
                .as("no way back to other names")
                .isEqualTo("default");
    }

    @Test
    void theExactNameThenTheLongestWildcardThenAnyName() {
        chain("exact", match(0, List.of(), List.of("www.a.test"), ""));
        chain("near", match(0, List.of(), List.of("*.a.test"), ""));
        chain("far", match(0, List.of(), List.of("*.test"), ""));
        chain("any", match(0, List.of(), List.of(), ""));
        assertThat(find(named("www.a.test"))).isEqualTo("exact");
        assertThat(find(named("x.a.test"))).isEqualTo("near");
        assertThat(find(named("x.y.a.test"))).isEqualTo("near");
        assertThat(find(named("a.test"))).isEqualTo("far");
        assertThat(find(named("other"))).isEqualTo("any");
        assertThat(find(facts())).isEqualTo("any");
    }

    @Test
    void theServerNameDecidesBeforeTheTransport() {
        chain("name", match(0, List.of(), List.of("a.test"), ""));
        chain("tls", match(0, List.of(), List.of(), "tls"));
        assertThat(find(named("a.test"))).isEqualTo("name");
        assertThat(find(named("b.test"))).isEqualTo("tls");
        assertThat(find(facts())).isEqualTo("default");
    }

    @Test
    void theTransportDecidesBeforeApplicationProtocols() {
        chain("plain", match(0, List.of(), List.of(), "raw_buffer"));
        chain("h2", protocols("h2"));
        ConnectionFacts facts = facts();
        facts.applicationProtocols = List.of("h2");
        assertThat(find(facts)).isEqualTo("plain");
    }

    @Test
    void theClientsOrderOfProtocolsDecides() {
        chain("one", protocols("http/1.1"));
        chain("two", protocols("h2"));
        ConnectionFacts facts = facts();
        facts.applicationProtocols = List.of("unknown", "h2", "http/1.1");
        assertThat(find(facts)).isEqualTo("two");
        assertThat(find(facts())).isEqualTo("default");
    }

    @Test
    void theDirectSourceDecidesBeforeTheToldSource() {
        chain("direct", from(new SourceMatch(SourceType.ANY, ranges("192.0.2.0/24"), List.of(), List.of())));
        chain("told", from(new SourceMatch(SourceType.ANY, List.of(), ranges("203.0.113.7/32"), List.of())));
        ConnectionFacts facts = facts();
        facts.remote = new InetSocketAddress("203.0.113.7", 1);
        assertThat(find(facts)).isEqualTo("direct");
    }

    @Test
    void theSourceTypeDecidesBeforeTheSourceAddress() {
        chain("local", from(new SourceMatch(SourceType.SAME_IP_OR_LOOPBACK, List.of(), List.of(), List.of())));
        chain("external", from(new SourceMatch(SourceType.EXTERNAL, List.of(), List.of(), List.of())));
        chain("address", from(new SourceMatch(SourceType.ANY, List.of(), ranges("192.0.2.1/32"), List.of())));
        assertThat(find(facts())).isEqualTo("external");
        assertThat(find(facts("10.0.0.1", 80, "127.0.0.1", 1))).isEqualTo("local");
        assertThat(find(facts("10.0.0.1", 80, "10.0.0.1", 1))).isEqualTo("local");
    }

    @Test
    void theSourceAddressDecidesBeforeTheSourcePort() {
        chain("address", from(new SourceMatch(SourceType.ANY, List.of(), ranges("192.0.2.0/24"), List.of())));
        chain("port", from(new SourceMatch(SourceType.ANY, List.of(), List.of(), List.of(5000))));
        assertThat(find(facts())).isEqualTo("address");
        assertThat(find(facts("10.0.0.1", 80, "198.51.100.1", 5000))).isEqualTo("port");
        assertThat(find(facts("10.0.0.1", 80, "198.51.100.1", 5001))).isEqualTo("default");
    }

    @Test
    void refusesChainsThatCannotBeToldApart() {
        chain("one", match(80, List.of(), List.of("a.test", "b.test"), ""));
        chain("two", match(80, List.of(), List.of("b.test"), ""));
        assertThatThrownBy(() -> find(facts()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("'two' has the same matching rules as 'one'");
    }
}
