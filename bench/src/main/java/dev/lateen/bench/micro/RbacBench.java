package dev.lateen.bench.micro;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.CidrRange;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.rbac.RbacRules;
import dev.lateen.proxy.rbac.RbacTest;
import dev.lateen.proxy.stream.StreamInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/// Nanoseconds that access policies cost a request which none of them matches, so that all are looked at.
final class RbacBench {
    private static final int REQUESTS = 1024;
    private static final int ROUNDS = 12;
    private static final long ROUND_NANOS = 500_000_000;

    private RbacBench() {}

    public static void main(String[] arguments) {
        Random random = new Random(1);
        List<StreamInfo> requests =
                IntStream.range(0, REQUESTS).mapToObj(i -> request(random)).toList();
        measure("10,000 CIDRs, one at a time", deny(new RbacTest.Or(cidrs(10_000))), requests);
        measure("10,000 CIDRs", deny(RbacTest.any(cidrs(10_000))), requests);
        measure("10,000 principals, one at a time", deny(new RbacTest.Or(principals(10_000))), requests);
        measure("10,000 principals", deny(RbacTest.any(principals(10_000))), requests);
        measure("100 policies of 2 principals and 2 paths", policies(100), requests);
    }

    private static void measure(String name, RbacRules rules, List<StreamInfo> requests) {
        double best = Double.MAX_VALUE;
        long matched = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long count = 0;
            long start = System.nanoTime();
            while (System.nanoTime() - start < ROUND_NANOS) {
                for (StreamInfo request : requests) {
                    matched += rules.matching(request) == null ? 0 : 1;
                }
                count += REQUESTS;
            }
            best = Math.min(best, (double) (System.nanoTime() - start) / count);
        }
        System.out.printf("%-45s %,12.1f ns (%d matched)%n", name, best, matched);
    }

    private static RbacRules deny(RbacTest principal) {
        return new RbacRules(
                RbacRules.Action.DENY, List.of(new RbacRules.Policy("p", RbacTest.Any.INSTANCE, principal)));
    }

    private static RbacRules policies(int count) {
        List<RbacRules.Policy> policies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            policies.add(new RbacRules.Policy(
                    "p" + i,
                    RbacTest.any(List.of(
                            new RbacTest.UrlPath(StringMatcher.prefix("/api/v1/things/" + i + "/", false)),
                            new RbacTest.UrlPath(StringMatcher.exact("/api/" + i, false)))),
                    RbacTest.any(principals(2 * number + 2).subList(2 * number, 2 * number + 2))));
        }
        return new RbacRules(RbacRules.Action.ALLOW, policies);
    }

    private static List<RbacTest> principals(int count) {
        return IntStream.range(0, count)
                .<RbacTest>mapToObj(i -> new RbacTest.Authenticated(
                        Optional.of(StringMatcher.exact("spiffe://cluster.local/ns/n" + i + "/sa/s", false))))
                .toList();
    }

    /// Apart, in 10.0.0.0/8; the requests come from elsewhere and from between them.
    private static List<RbacTest> cidrs(int count) {
        return IntStream.range(0, count)
                .<RbacTest>mapToObj(i ->
                        new RbacTest.Ip(RbacTest.Ip.Which.REMOTE, CidrRange.of(address(0x0a000000 | (2 * i << 8)), 24)))
                .toList();
    }

    private static InetAddress address(int bits) {
        try {
            return InetAddress.getByAddress(
                    new byte[] {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static StreamInfo request(Random random) {
        StreamInfo info = new StreamInfo();
        info.request = new RequestHead(
                HttpVersion.HTTP_1_1,
                "GET",
                "http",
                "shop.test",
                "/api/v1/things/" + random.nextInt(100) + "?a=b",
                new Headers(8));
        info.downstreamTls = true;
        info.downstreamPeerNames = List.of("spiffe://cluster.local/ns/other" + random.nextInt(1000) + "/sa/s");
        int host = random.nextInt(20_000) | 1;
        info.downstreamRemote = new InetSocketAddress(address(0x0a000000 | (host << 8) | random.nextInt(256)), 1);
        info.downstreamDirectRemote = info.downstreamRemote;
        return info;
    }
}
