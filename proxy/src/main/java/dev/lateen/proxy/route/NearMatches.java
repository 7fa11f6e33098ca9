package dev.lateen.proxy.route;

import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.stream.RouteFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Says which routes a request could have taken but for something. What is not known of a request any more (its fields
/// and query) can be told all the same: a route whose path and method match, and which was not taken, wanted something
/// of them.
///
/// Limits: the `MOST` nearest. Thread: any (immutable).
public final class NearMatches {
    private static final int MOST = 5;
    private static final int PATH_MATCHES = 1 << 20;

    private final RouteTable table;

    public NearMatches(RouteTable table) {
        this.table = table;
    }

    /// @param wants what the request would have needed, in words
    public record Miss(RouteFacts route, String wants) {}

    private record Scored(Miss miss, int score) {}

    /// @param taken the route that was found; only those before it in its virtual host could have been taken instead
    public List<Miss> of(RequestHead head, @Nullable RouteFacts taken) {
        Optional<List<RouteEntry>> entries =
                taken == null || taken.virtualHost().isEmpty()
                        ? table.entriesFor(head.authority())
                        : table.entriesOf(taken.virtualHost());
        if (entries.isEmpty()) {
            return List.of(new Miss(table.none(), "another host: " + domains()));
        }
        List<Scored> misses = new ArrayList<>();
        for (RouteEntry entry : entries.get()) {
            if (taken != null && isSame(entry.facts(), taken)) {
                break;
            }
            score(entry, head, taken != null).ifPresent(misses::add);
        }
        misses.sort(Comparator.comparingInt(Scored::score).reversed());
        // Beside one whose path matches, the others are far away.
        int least = misses.isEmpty() || misses.getFirst().score() < PATH_MATCHES ? 0 : PATH_MATCHES;
        return misses.stream()
                .filter(scored -> scored.score() >= least)
                .limit(MOST)
                .map(Scored::miss)
                .toList();
    }

    private static boolean isSame(RouteFacts one, RouteFacts other) {
        return one.name().equals(other.name()) && one.metadata().equals(other.metadata());
    }

    /// @param onlyByPath whether routes of other paths are of no interest
    private static Optional<Scored> score(RouteEntry entry, RequestHead head, boolean onlyByPath) {
        RouteMatch match = entry.route().match();
        String path = head.pathOnly();
        if (match.path().matches(head, path)) {
            return Optional.of(new Scored(new Miss(entry.facts(), MatchWords.beyondPath(match, head)), PATH_MATCHES));
        }
        String wanted = MatchWords.pathText(match.path());
        return onlyByPath
                ? Optional.empty()
                : Optional.of(
                        new Scored(new Miss(entry.facts(), MatchWords.path(match.path())), commonLength(wanted, path)));
    }

    private static int commonLength(String one, String other) {
        int length = 0;
        while (length < one.length() && length < other.length() && one.charAt(length) == other.charAt(length)) {
            length++;
        }
        return length;
    }

    private String domains() {
        StringBuilder text = new StringBuilder();
        int shown = 0;
        for (VirtualHostConfig host : table.config().virtualHosts()) {
            for (String domain : host.domains()) {
                if (shown++ < MOST) {
                    text.append(text.isEmpty() ? "" : ", ").append(domain);
                }
            }
        }
        return shown == 0
                ? "the table is empty"
                : shown > MOST ? text + " and " + (shown - MOST) + " more" : text.toString();
    }

    /// Whether a test of the method, or of another part of the head that is known, fails.
    static boolean failsByHead(HeaderMatcher matcher, RequestHead head) {
        return matcher.name().startsWith(":") && !matcher.matches(head);
    }
}
