package dev.lateen.proxy.dns;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.proto.istio.nds.NameTable.NameInfo;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Refusal;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Reads the table of the control plane, and adds the short names by which workloads of this namespace call services
/// of the cluster.
///
/// Errors: a name or an address that is none refuses the table; the one before stays.
///
/// Source: Istio's name table. Thread: any.
public final class NameTableDecoder {
    private static final int LONGEST_NAME = 253;
    private static final int LONGEST_LABEL = 63;

    private final String namespace;
    private final String suffix;
    private final Optional<String> search;

    /// @param domain of the proxy, such as `default.svc.cluster.local`
    /// @param search the first search domain of the pod
    public NameTableDecoder(String domain, Optional<String> search) {
        int dot = domain.indexOf('.');
        this.namespace = dot < 0 ? domain : domain.substring(0, dot);
        this.suffix = dot < 0 ? "" : domain.substring(dot + 1);
        this.search = search;
    }

    public Decoded<NameTable> decode(Any any) {
        return Decoded.of(() -> table(any));
    }

    private NameTable table(Any any) {
        dev.lateen.proto.istio.nds.NameTable told;
        try {
            told = dev.lateen.proto.istio.nds.NameTable.parseFrom(any.getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new Refusal("name table: " + e.getMessage());
        }
        Map<String, NameTable.Addresses> names = new HashMap<>();
        told.getTableMap().forEach((name, info) -> names.put(checked(name), addresses(name, info)));
        // What is called by its full name must not be hidden by another's short one.
        told.getTableMap().forEach((name, info) -> {
            NameTable.Addresses own = names.get(checked(name));
            if (own != null) {
                shortNames(info).forEach(other -> names.putIfAbsent(checked(other), own));
            }
        });
        return new NameTable(names, search);
    }

    private static String checked(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String plain = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        boolean good = !plain.isEmpty() && plain.length() <= LONGEST_NAME;
        for (String label : plain.split("\\.", -1)) {
            good &= !label.isEmpty()
                    && label.length() <= LONGEST_LABEL
                    && label.chars().allMatch(letter -> letter > ' ' && letter < 0x7f);
        }
        if (!good) {
            throw new Refusal("name table: '" + name + "' (expected: a host name)");
        }
        return plain;
    }

    private static NameTable.Addresses addresses(String name, NameInfo info) {
        List<byte[]> ipv4 = new ArrayList<>();
        List<byte[]> ipv6 = new ArrayList<>();
        for (String text : info.getIpsList()) {
            byte[] address = NetUtil.createByteArrayFromIpAddressString(text);
            if (address == null) {
                throw new Refusal("name table: '" + name + "': '" + text + "' (expected: an IP address)");
            }
            (address.length == 4 ? ipv4 : ipv6).add(address);
        }
        return new NameTable.Addresses(ipv4.toArray(byte[][]::new), ipv6.toArray(byte[][]::new));
    }

    /// `orders`, `orders.shop` and `orders.shop.svc`, as the search domains of the cluster would find them.
    private List<String> shortNames(NameInfo info) {
        List<String> names = new ArrayList<>();
        boolean ofCluster = info.getRegistry().equals("Kubernetes")
                && !info.getShortname().isEmpty()
                && !info.getNamespace().isEmpty();
        if (!ofCluster) {
            return names;
        }
        String qualified = info.getShortname() + "." + info.getNamespace();
        names.add(qualified);
        if (suffix.startsWith("svc")) {
            names.add(qualified + ".svc");
        }
        if (info.getNamespace().equals(namespace)) {
            names.add(info.getShortname());
        }
        return names;
    }
}
