package dev.lateen.proxy.jwt;

import dev.lateen.net.http.RequestHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Checks the tokens of requests against requirements. Every token that stands where a requirement looks must be good:
/// a bad one beside a good one could be the one that the upstream believes.
///
/// Thread: one event loop.
public final class JwtCheck {
    /// What came of a check. Where `waitsFor` is set, keys are missing, and asking again after a fetch may help.
    ///
    /// @param accepted the good tokens, where the status is `OK`
    public record Outcome(
            JwtStatus status,
            List<Accepted> accepted,
            @Nullable RemoteKeys waitsFor) {}

    /// A good token.
    public record Accepted(JwtProvider provider, Token token, TokenLocation location) {}

    private final Map<String, KeySource> sources;
    private final TokenCache cache = new TokenCache();
    private final List<String> found = new ArrayList<>(2);
    private List<Accepted> accepted = List.of();
    private @Nullable RemoteKeys waitsFor;
    private long nowSeconds;

    /// @param sources the keys of every provider, by its name
    public JwtCheck(Map<String, KeySource> sources) {
        this.sources = Map.copyOf(sources);
    }

    public Outcome check(JwtRequirement requirement, RequestHead head, long nowSeconds) {
        this.nowSeconds = nowSeconds;
        this.accepted = new ArrayList<>(1);
        this.waitsFor = null;
        JwtStatus status = require(requirement, head);
        return new Outcome(status, accepted, status == JwtStatus.OK ? null : waitsFor);
    }

    private JwtStatus require(JwtRequirement requirement, RequestHead head) {
        return switch (requirement) {
            case JwtRequirement.Of(JwtProvider provider, List<String> audiences) -> one(provider, audiences, head);
            case JwtRequirement.AnyOf(List<JwtRequirement> list) -> any(list, head);
            case JwtRequirement.AllOf(List<JwtRequirement> list) -> all(list, head);
            case JwtRequirement.Optionally(List<JwtProvider> providers, boolean failedToo) -> {
                JwtStatus status = optional(providers, head);
                boolean waits = status == JwtStatus.KEYS_NOT_FETCHED && waitsFor != null;
                yield status == JwtStatus.MISSING || (failedToo && !waits) ? JwtStatus.OK : status;
            }
        };
    }

    /// Of several failures, one that is about a token of ours says more than that there is none.
    private JwtStatus any(List<JwtRequirement> list, RequestHead head) {
        JwtStatus worst = JwtStatus.MISSING;
        for (int index = 0; index < list.size(); index++) {
            JwtStatus status = require(list.get(index), head);
            if (status == JwtStatus.OK) {
                return status;
            }
            if (worst == JwtStatus.MISSING || (status != JwtStatus.MISSING && status != JwtStatus.UNKNOWN_ISSUER)) {
                worst = status;
            }
        }
        return worst;
    }

    private JwtStatus all(List<JwtRequirement> list, RequestHead head) {
        for (int index = 0; index < list.size(); index++) {
            JwtStatus status = require(list.get(index), head);
            if (status != JwtStatus.OK) {
                return status;
            }
        }
        return JwtStatus.OK;
    }

    private JwtStatus one(JwtProvider provider, List<String> audiences, RequestHead head) {
        JwtStatus status = JwtStatus.MISSING;
        List<TokenLocation> locations = provider.locations();
        int mark = accepted.size();
        for (int index = 0; index < locations.size(); index++) {
            TokenLocation location = locations.get(index);
            found.clear();
            location.find(head, found);
            for (int each = 0; each < found.size(); each++) {
                status = verify(
                        found.get(each), location, provider, audiences.isEmpty() ? provider.audiences() : audiences);
                if (status != JwtStatus.OK) {
                    forgetFrom(mark);
                    return status;
                }
            }
        }
        return status;
    }

    /// Tokens anywhere, each by the provider that issued it.
    private JwtStatus optional(List<JwtProvider> providers, RequestHead head) {
        JwtStatus status = JwtStatus.MISSING;
        int mark = accepted.size();
        for (int index = 0; index < providers.size(); index++) {
            List<TokenLocation> locations = providers.get(index).locations();
            for (int place = 0; place < locations.size(); place++) {
                TokenLocation location = locations.get(place);
                if (seenBefore(providers, index, location)) {
                    continue;
                }
                found.clear();
                location.find(head, found);
                for (int each = 0; each < found.size(); each++) {
                    status = verify(found.get(each), location, providers);
                    if (status != JwtStatus.OK) {
                        forgetFrom(mark);
                        return status;
                    }
                }
            }
        }
        return status;
    }

    private static boolean seenBefore(List<JwtProvider> providers, int before, TokenLocation location) {
        for (int index = 0; index < before; index++) {
            if (providers.get(index).locations().contains(location)) {
                return true;
            }
        }
        return false;
    }

    private void forgetFrom(int mark) {
        while (accepted.size() > mark) {
            accepted.removeLast();
        }
    }

    private JwtStatus verify(String text, TokenLocation location, List<JwtProvider> providers) {
        TokenParser parser = new TokenParser();
        Token token = parser.parse(text);
        if (token == null) {
            return parser.status();
        }
        for (int index = 0; index < providers.size(); index++) {
            JwtProvider provider = providers.get(index);
            boolean issued = provider.issuer().isEmpty() || provider.issuer().equals(token.issuer());
            if (issued && provider.locations().contains(location)) {
                return verify(text, location, provider, provider.audiences());
            }
        }
        return JwtStatus.UNKNOWN_ISSUER;
    }

    private JwtStatus verify(String text, TokenLocation location, JwtProvider provider, List<String> audiences) {
        KeySource source = sources.get(provider.name());
        if (source == null) {
            throw new IllegalStateException("a provider without keys: " + provider.name());
        }
        KeySet keys = source.keys();
        Token token = keys == null ? null : cache.find(text, keys);
        boolean cached = token != null;
        if (token == null) {
            TokenParser parser = new TokenParser();
            token = parser.parse(text);
            if (token == null) {
                return parser.status();
            }
        }
        JwtStatus status = claims(token, provider, audiences);
        if (status == JwtStatus.OK && !cached) {
            status = signature(token, source, keys);
            if (status == JwtStatus.OK && keys != null) {
                cache.put(text, token, keys);
            }
        }
        if (status == JwtStatus.OK) {
            accepted.add(new Accepted(provider, token, location));
        }
        return status;
    }

    private JwtStatus claims(Token token, JwtProvider provider, List<String> audiences) {
        if (!provider.issuer().isEmpty() && !provider.issuer().equals(token.issuer())) {
            return JwtStatus.UNKNOWN_ISSUER;
        }
        if (token.notBefore() > nowSeconds + provider.clockSkewSeconds()) {
            return JwtStatus.NOT_YET_VALID;
        }
        if (token.expires() > 0 && nowSeconds > token.expires() + provider.clockSkewSeconds()) {
            return JwtStatus.EXPIRED;
        }
        return audiences.isEmpty() || meant(token.audiences(), audiences)
                ? JwtStatus.OK
                : JwtStatus.AUDIENCE_NOT_ALLOWED;
    }

    private static boolean meant(List<String> audiences, List<String> allowed) {
        for (int index = 0; index < audiences.size(); index++) {
            if (allowed.contains(audiences.get(index))) {
                return true;
            }
        }
        return false;
    }

    private JwtStatus signature(Token token, KeySource source, @Nullable KeySet keys) {
        JwtStatus status = keys == null ? JwtStatus.KEYS_NOT_FETCHED : keys.verify(token);
        if (status != JwtStatus.OK && source instanceof KeySource.Remote(RemoteKeys remote)) {
            long now = System.nanoTime();
            boolean mayHelp = keys == null
                    ? remote.worthWaiting(now)
                    : status == JwtStatus.NO_MATCHING_KEY && remote.mayHaveNewer(now);
            if (mayHelp) {
                waitsFor = remote;
            }
        }
        return status;
    }
}
