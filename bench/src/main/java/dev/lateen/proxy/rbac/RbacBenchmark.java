package dev.lateen.proxy.rbac;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.CidrRange;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.stream.StreamInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Access policies that do not match a request, so that all are looked at, and the last of many that does.
@State(Scope.Thread)
public class RbacBenchmark {
    private static final int MANY = 10_000;

    private final RbacRules policies = new RbacRules(
            RbacRules.Action.ALLOW,
            IntStream.range(0, 100).mapToObj(RbacBenchmark::policy).toList());
    private final RbacRules ranges = deny(IntStream.range(0, MANY)
            .<RbacTest>mapToObj(i ->
                    new RbacTest.Ip(RbacTest.Ip.Which.REMOTE, CidrRange.of(address(0x0a000000 | ((2 * i) << 8)), 24)))
            .toList());
    /// As an access list of each sort of member becomes.
    private final RbacRules accessList = deny(listMembers());
    private final RbacRules principals =
            deny(IntStream.range(0, MANY).mapToObj(RbacBenchmark::caller).toList());
    private final StreamInfo stranger = from("stranger", "/api/v1/things/7?a=b");
    private final StreamInfo known = from("account-99", "/api/99?a=b");

    private static RbacRules.Policy policy(int index) {
        return new RbacRules.Policy(
                "p" + index,
                RbacTest.any(List.of(
                        new RbacTest.UrlPath(StringMatcher.prefix("/api/v1/things/" + index + "/", false)),
                        new RbacTest.UrlPath(StringMatcher.exact("/api/" + index, false)))),
                RbacTest.any(List.of(caller(index), caller(index + 100))));
    }

    private static RbacRules deny(List<RbacTest> principals) {
        return new RbacRules(
                RbacRules.Action.DENY,
                List.of(new RbacRules.Policy("p", RbacTest.Any.INSTANCE, RbacTest.any(principals))));
    }

    private static List<RbacTest> listMembers() {
        List<RbacTest> members = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            CidrRange range = CidrRange.of(address(0x0a000000 | ((2 * i) << 8)), 24);
            members.add(new RbacTest.Ip(RbacTest.Ip.Which.DIRECT, range));
        }
        for (int i = 0; i < 10; i++) {
            members.add(caller(i));
        }
        HeaderMatcher.Test stolen = new HeaderMatcher.Value(StringMatcher.exact("stolen", false));
        members.add(new RbacTest.Header(new HeaderMatcher("x-api-key", stolen, false, false)));
        return members;
    }

    private static RbacTest caller(int index) {
        return new RbacTest.Authenticated(Optional.of(StringMatcher.exact(name("account-" + index), false)));
    }

    private static String name(String account) {
        return "spiffe://cluster.local/ns/default/sa/" + account;
    }

    private static InetAddress address(int bits) {
        try {
            return InetAddress.getByAddress(
                    new byte[] {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Its address lies between two of the ranges.
    private static StreamInfo from(String account, String path) {
        StreamInfo info = new StreamInfo();
        info.request = new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "shop.test", path, new Headers());
        info.downstreamTls = true;
        info.downstreamPeerNames = List.of(name(account));
        info.downstreamRemote = new InetSocketAddress(address(0x0a000105), 1);
        info.downstreamDirectRemote = info.downstreamRemote;
        return info;
    }

    @Benchmark
    public RbacRules.@Nullable Policy lastOf100Policies() {
        return policies.matching(known);
    }

    @Benchmark
    public RbacRules.@Nullable Policy noneOf100Policies() {
        return policies.matching(stranger);
    }

    @Benchmark
    public RbacRules.@Nullable Policy noneOf10000Ranges() {
        return ranges.matching(stranger);
    }

    @Benchmark
    public RbacRules.@Nullable Policy notOnAnAccessListOf10000Ranges() {
        return accessList.matching(stranger);
    }

    @Benchmark
    public RbacRules.@Nullable Policy noneOf10000Principals() {
        return principals.matching(stranger);
    }
}
