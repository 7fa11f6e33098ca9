package dev.lateen.proxy.dns;

import dev.lateen.proxy.bootstrap.BootstrapConfig;
import dev.lateen.proxy.bootstrap.DiscoveryConfig;
import dev.lateen.proxy.bootstrap.IstioEnvironment;
import dev.lateen.proxy.bootstrap.ServerAddress;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Refusal;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a proxy serves names, which `ISTIO_META_DNS_CAPTURE` asks for.
///
/// Source: Istio's agent, `DNS_PROXY_ADDR`. Thread: any (immutable).
///
/// @param domain of the proxy, such as `default.svc.cluster.local`
public record DnsSettings(List<InetSocketAddress> addresses, ResolverConfig upstream, String domain) {
    /// To which the rules of capture lead questions.
    private static final int PORT = 15053;

    private static final Path RESOLVER = Path.of("/etc/resolv.conf");

    public DnsSettings {
        addresses = List.copyOf(addresses);
    }

    /// Empty where no names are served.
    public static Decoded<Optional<DnsSettings>> of(Map<String, String> environment, BootstrapConfig bootstrap) {
        if (bootstrap.discovery().filter(DiscoveryConfig::names).isEmpty()) {
            return new Decoded.Ok<>(Optional.empty());
        }
        return Decoded.of(() -> {
            try {
                return Optional.of(new DnsSettings(
                        addresses(IstioEnvironment.variable(environment, "DNS_PROXY_ADDR")),
                        ResolverConfig.read(RESOLVER),
                        bootstrap.domain()));
            } catch (IOException e) {
                throw new Refusal(RESOLVER + ": " + e.getMessage());
            }
        });
    }

    public LiveNames names() {
        return new LiveNames(
                new NameTableDecoder(domain, upstream.search().stream().findFirst()));
    }

    /// `localhost` means loopback of either family, as far as this machine has it.
    private static List<InetSocketAddress> addresses(String given) throws IOException {
        String text = given.isEmpty() ? "localhost:" + PORT : given;
        ServerAddress.HostAndPort place = ServerAddress.parse(text, PORT).orElseThrow(() -> refusal(text));
        if (!place.host().equals("localhost")) {
            InetAddress address = NetUtil.createInetAddressFromIpAddressString(place.host());
            if (address == null) {
                throw refusal(text);
            }
            return List.of(new InetSocketAddress(address, place.port()));
        }
        List<InetSocketAddress> all = new ArrayList<>();
        all.add(new InetSocketAddress(NetUtil.LOCALHOST4, place.port()));
        if (NetworkInterface.getByInetAddress(NetUtil.LOCALHOST6) != null) {
            all.add(new InetSocketAddress(NetUtil.LOCALHOST6, place.port()));
        }
        return all;
    }

    private static Refusal refusal(String text) {
        return new Refusal("environment variable DNS_PROXY_ADDR: '" + text + "' (expected: such as localhost:15053)");
    }
}
