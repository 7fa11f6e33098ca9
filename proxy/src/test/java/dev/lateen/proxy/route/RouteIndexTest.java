package dev.lateen.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.stream.StreamInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The index against a look at each route.
final class RouteIndexTest {
    private static final int TABLES = 400;
    private static final int PATHS = 60;

    private static Route route(PathMatcher path) {
        return new Route(
                "",
                new RouteMatch(path, List.of(), List.of(), List.of(), false, Fraction.ALL),
                new RouteAction.Redirect(301, "https", "", 0, PathRewrite.NONE, false),
                HeaderChanges.NONE,
                FilterOverrides.NONE,
                "",
                "",
                false,
                -1,
                Metadata.EMPTY);
    }

    private static RequestHead head(String path) {
        return new RequestHead(HttpVersion.HTTP_1_1, "GET", "http", "a.test", path, new Headers());
    }

    /// Of few letters, so that paths meet.
    private static String text(Random random) {
        StringBuilder text = new StringBuilder(random.nextInt(20) == 0 ? "" : "/");
        for (int left = random.nextInt(6); left > 0; left--) {
            text.append("ab/".charAt(random.nextInt(3)));
        }
        return text.toString();
    }

    private static PathMatcher matcher(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> new PathMatcher.Regex(Pattern.compile(text(random) + ".*"));
            case 1 -> new PathMatcher.Prefix(text(random), true);
            case 2 -> new PathMatcher.Connect();
            case 3, 4, 5 -> new PathMatcher.Exact(text(random), false);
            case 6 -> new PathMatcher.SeparatedPrefix(text(random), false);
            default -> new PathMatcher.Prefix(text(random), false);
        };
    }

    @Test
    void offersEveryRouteThatMatchesInOrder() {
        Random random = new Random(11);
        int made = 0;
        for (int table = 0; table < TABLES; table++) {
            List<Route> routes = IntStream.range(0, 12 + random.nextInt(60))
                    .mapToObj(_ -> route(matcher(random)))
                    .toList();
            RouteIndex index = RouteIndex.of(routes);
            if (index == null) {
                continue;
            }
            made++;
            for (int path = 0; path < PATHS; path++) {
                String text = text(random);
                assertThat(matching(routes, candidates(index, text), text))
                        .as("%s among %s", text, routes)
                        .isEqualTo(matching(
                                routes,
                                IntStream.range(0, routes.size()).boxed().toList(),
                                text));
            }
        }
        assertThat(made).isGreaterThan(TABLES / 2);
    }

    private static List<Integer> candidates(RouteIndex index, String path) {
        List<Integer> found = new ArrayList<>();
        int place = index.place(path);
        for (int at = index.next(place, 0); at != RouteIndex.NONE; at = index.next(place, at + 1)) {
            found.add(at);
        }
        return found;
    }

    private static List<Integer> matching(List<Route> routes, List<Integer> tried, String path) {
        StreamInfo info = new StreamInfo();
        return tried.stream()
                .filter(at -> routes.get(at).match().matches(head(path), path, 0, info))
                .toList();
    }

    @Test
    void offersOneOfAThousand() {
        List<Route> routes = IntStream.range(0, 1_000)
                .mapToObj(number -> route(new PathMatcher.Prefix("/service-" + number + "/", false)))
                .toList();
        RouteIndex index = RouteIndex.of(routes);
        assertThat(index).isNotNull();
        assertThat(candidates(index, "/service-731/users")).containsExactly(731);
        assertThat(candidates(index, "/else")).isEmpty();
    }

    /// A chain of texts would be walked for each candidate.
    @ParameterizedTest
    @ValueSource(ints = {17, 10_000})
    void isNotMadeOfTextsThatBeginOneAnother(int depth) {
        List<Route> routes = IntStream.range(0, depth)
                .mapToObj(number -> route(new PathMatcher.Prefix("/" + "a".repeat(number % 200), false)))
                .toList();
        assertThat(RouteIndex.of(routes)).isNull();
    }

    @Test
    void isNotMadeOfFew() {
        assertThat(RouteIndex.of(List.of(route(new PathMatcher.Prefix("/a", false)))))
                .isNull();
    }
}
