package dev.lateen.proxy.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.StringMatcher;
import dev.lateen.proxy.stream.StreamInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The index finds the very policy that is found by looking at each.
class PolicyIndexTest {
    private static final List<String> PATHS = List.of(
            "/", "/a", "/a/", "/a/b", "/a/bc", "/a/b/c", "/ab", "/b", "/b/a/", "", "/A", "/a/b/c/d", "/é", "/z/y");
    private static final List<String> NAMES =
            List.of("spiffe://td/ns/a/sa/x", "spiffe://td/ns/a/sa/y", "td/ns/a/sa/x", "td/ns/b/sa/z", "shop.test", "");

    private static RbacTest test(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 10 : 6)) {
            case 0 -> new RbacTest.UrlPath(StringMatcher.prefix(one(PATHS, random), random.nextInt(4) == 0));
            case 1 -> new RbacTest.UrlPath(StringMatcher.exact(one(PATHS, random), random.nextInt(4) == 0));
            case 2 -> new RbacTest.UrlPath(StringMatcher.suffix("c", false));
            case 3 -> new RbacTest.Authenticated(Optional.of(StringMatcher.exact(one(NAMES, random), false)));
            case 4 -> new RbacTest.PeerPrincipal(StringMatcher.exact(one(NAMES, random), random.nextInt(4) == 0));
            case 5 -> new RbacTest.Authenticated(Optional.empty());
            case 6 -> new RbacTest.Not(test(random, depth - 1));
            case 7 -> RbacTest.all(tests(random, depth - 1));
            default -> RbacTest.any(tests(random, depth - 1));
        };
    }

    private static List<RbacTest> tests(Random random, int depth) {
        List<RbacTest> tests = new ArrayList<>();
        for (int index = random.nextInt(1, 7); index > 0; index--) {
            tests.add(test(random, depth));
        }
        return tests;
    }

    private static String one(List<String> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    private static StreamInfo caller(Random random) {
        StreamInfo info = new StreamInfo();
        if (random.nextInt(8) > 0) {
            String query = random.nextBoolean() ? "?q=/a" : "";
            info.request = new RequestHead(
                    HttpVersion.HTTP_1_1, "GET", "http", "shop.test", one(PATHS, random) + query, new Headers());
        }
        if (random.nextInt(4) > 0) {
            info.downstreamTls = true;
            info.downstreamPeerUri = one(NAMES, random);
            info.downstreamPeerNames = random.nextBoolean()
                    ? List.of(one(NAMES, random))
                    : List.of(one(NAMES, random), one(NAMES, random), "CN=x");
        }
        return info;
    }

    @Test
    void findsWhatLookingAtEachPolicyFinds() {
        int matched = 0;
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            List<RbacRules.Policy> policies = new ArrayList<>();
            for (int index = random.nextInt(8, 150); index > 0; index--) {
                policies.add(new RbacRules.Policy(
                        "p" + index,
                        RbacTest.all(List.of(test(random, 2), test(random, 2), test(random, 1))),
                        RbacTest.all(List.of(test(random, 2), test(random, 1)))));
            }
            RbacRules rules = new RbacRules(RbacRules.Action.DENY, policies);
            for (int request = 0; request < 100; request++) {
                StreamInfo info = caller(random);
                RbacRules.Policy expected = rules.firstOf(info);
                matched += expected == null ? 0 : 1;
                assertThat(rules.matching(info))
                        .describedAs("seed %d, request %d", seed, request)
                        .isSameAs(expected);
            }
        }
        assertThat(matched).isBetween(4_000, 39_000);
    }

    @Test
    void looksAtFewPoliciesOneAfterTheOther() {
        assertThat(PolicyIndex.of(List.of(new RbacRules.Policy("a", RbacTest.Any.INSTANCE, RbacTest.Any.INSTANCE))))
                .isNull();
    }

    @Test
    void staysWithinItsMemory() {
        List<RbacRules.Policy> policies = new ArrayList<>();
        for (int index = 0; index < 3_000; index++) {
            policies.add(new RbacRules.Policy(
                    "p" + index, new RbacTest.UrlPath(StringMatcher.exact("/" + index, false)), RbacTest.Any.INSTANCE));
        }
        assertThat(PolicyIndex.of(policies)).isNull();
        assertThat(PolicyIndex.of(policies.subList(0, 1_000))).isNotNull();
    }
}
