package dev.lateen.model.policy;

import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.Reader;
import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.time.Duration;
import java.util.List;

/// How many requests workloads or gateways accept in a time.
///
/// @param shadow verdicts are reported, not enforced
/// @param onServiceLoss for scope `MESH` only
public record RateLimit(Attached to, Scope scope, List<Rule> rules, boolean shadow, ServiceLoss onServiceLoss) {
    public static Bound<RateLimit> bind(RawResource resource) {
        return Reader.spec(
                resource,
                in -> new RateLimit(
                        Attached.of(resource, in),
                        in.text("scope", "").equals("MESH") ? Scope.MESH : Scope.LOCAL,
                        in.objects("rules", Rule::of),
                        in.flag("shadow"),
                        ServiceLoss.of(in.text("onServiceLoss", ""))));
    }

    public Metadata metadata() {
        return to.metadata();
    }

    public enum Scope {
        /// Each proxy counts for itself.
        LOCAL,
        /// The rate-limit service counts for all proxies.
        MESH
    }

    public record Rule(Origin origin, RequestMatch match, List<Key> keys, Limit limit) {
        static Rule of(Reader in) {
            return new Rule(
                    in.origin(),
                    in.object("match", RequestMatch::of).orElse(RequestMatch.ALL),
                    in.objects("keys", Key::of),
                    in.object("limit", Limit::of).orElse(new Limit(1, Duration.ofSeconds(1), false, 1)));
        }
    }

    /// @param sliding never more than `requests` in any stretch as long as the window; else a bucket of `burst`
    public record Limit(long requests, Duration window, boolean sliding, long burst) {
        static Limit of(Reader in) {
            long requests = in.longInteger("requests").orElse(1);
            long burst = in.longInteger("burst").orElse(0);
            return new Limit(
                    requests,
                    in.duration("window").orElse(Duration.ofSeconds(1)),
                    in.text("algorithm", "").equals("SLIDING_WINDOW"),
                    burst > 0 ? burst : requests);
        }
    }
}
