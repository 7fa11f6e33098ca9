package dev.lateen.model.istio;

import dev.lateen.model.istio.VirtualService.WeightedDestination;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// One HTTP rule of a `VirtualService`. Source: Istio `HTTPRoute`.
///
/// @param match any one must match; empty matches all
public record HttpRoute(
        Origin origin,
        String name,
        List<Match> match,
        Action action,
        Optional<Rewrite> rewrite,
        Optional<Duration> timeout,
        Optional<Retries> retries,
        Optional<Fault> fault,
        List<Mirror> mirrors,
        Optional<Cors> cors,
        HeaderOperations headers) {

    static HttpRoute of(Reader in) {
        return new HttpRoute(
                in.origin(),
                in.text("name", ""),
                in.objects("match", Match::of),
                Action.of(in),
                in.object("rewrite", Rewrite::of),
                in.duration("timeout"),
                in.object("retries", Retries::of),
                in.object("fault", Fault::of),
                mirrors(in),
                in.object("corsPolicy", Cors::of),
                in.object("headers", HeaderOperations::of).orElse(HeaderOperations.NONE));
    }

    /// Binds a route that stands alone, outside of a resource.
    public static HttpRoute bind(Reader in) {
        return of(in);
    }

    private static List<Mirror> mirrors(Reader in) {
        OptionalDouble percent = in.object("mirrorPercentage", p -> p.decimal("value"))
                .orElseGet(() -> in.integer("mirrorPercent").isPresent()
                        ? OptionalDouble.of(in.integer("mirrorPercent").getAsInt())
                        : OptionalDouble.empty());
        in.noEffectNeeded("mirrorPercent");
        Optional<Mirror> single = in.object("mirror", Destination::of).map(to -> new Mirror(to, percent));
        List<Mirror> several = in.objects("mirrors", Mirror::of);
        return several.isEmpty() ? single.map(List::of).orElse(List.of()) : several;
    }

    public HttpRoute withMatch(List<Match> newMatch) {
        return new HttpRoute(origin, name, newMatch, action, rewrite, timeout, retries, fault, mirrors, cors, headers);
    }

    /// What happens to a request that matches.
    public sealed interface Action {
        record Forward(List<WeightedDestination> to) implements Action {}

        /// @param prefixRewrite takes the place of what the route matched of the path; empty for none
        record Redirect(
                String uri,
                String prefixRewrite,
                String authority,
                String scheme,
                OptionalInt port,
                Optional<String> derivePort,
                int status)
                implements Action {}

        record Direct(int status, Optional<Body> body) implements Action {}

        record Delegate(String name, String namespace) implements Action {}

        static Action of(Reader in) {
            List<WeightedDestination> to = in.objects("route", WeightedDestination::of);
            Optional<Action> redirect = in.object("redirect", Action::redirect);
            Optional<Action> direct = in.object(
                    "directResponse", d -> new Direct(d.integer("status").orElse(0), d.object("body", Body::of)));
            Optional<Action> delegate =
                    in.object("delegate", d -> new Delegate(d.text("name", ""), d.text("namespace", "")));
            return redirect.or(() -> direct).or(() -> delegate).orElseGet(() -> new Forward(to));
        }

        private static Action redirect(Reader in) {
            return new Redirect(
                    in.text("uri", ""),
                    in.text("prefixRewrite", ""),
                    in.text("authority", ""),
                    in.text("scheme", ""),
                    in.integer("port"),
                    in.text("derivePort"),
                    in.integer("redirectCode").orElse(0));
        }
    }

    /// @param bytes base64, when `text` is absent
    public record Body(Optional<String> text, Optional<String> bytes) {
        static Body of(Reader in) {
            return new Body(in.text("string"), in.text("bytes"));
        }
    }

    public record Match(
            Origin origin,
            String name,
            Optional<StringMatch> uri,
            Optional<StringMatch> scheme,
            Optional<StringMatch> method,
            Optional<StringMatch> authority,
            Map<String, StringMatch> headers,
            Map<String, StringMatch> withoutHeaders,
            Map<String, StringMatch> queryParams,
            boolean ignoreUriCase,
            OptionalInt port,
            Source source,
            String statPrefix) {
        static Match of(Reader in) {
            return new Match(
                    in.origin(),
                    in.text("name", ""),
                    in.object("uri", StringMatch::of),
                    in.object("scheme", StringMatch::of),
                    in.object("method", StringMatch::of),
                    in.object("authority", StringMatch::of),
                    in.objectMap("headers", StringMatch::of),
                    in.objectMap("withoutHeaders", StringMatch::of),
                    in.objectMap("queryParams", StringMatch::of),
                    in.flag("ignoreUriCase"),
                    in.integer("port"),
                    new Source(in.textMap("sourceLabels"), in.texts("gateways"), in.text("sourceNamespace", "")),
                    in.text("statPrefix", ""));
        }
    }

    /// Where a request comes from.
    public record Source(Map<String, String> labels, List<String> gateways, String namespace) {}

    public record Rewrite(String uri, String authority, Optional<RegexRewrite> uriRegex) {
        static Rewrite of(Reader in) {
            return new Rewrite(
                    in.text("uri", ""),
                    in.text("authority", ""),
                    in.object("uriRegexRewrite", r -> new RegexRewrite(r.text("match", ""), r.text("rewrite", ""))));
        }
    }

    public record RegexRewrite(String match, String rewrite) {}

    /// @param attempts 0 turns retries off
    public record Retries(
            int attempts,
            Optional<Duration> perTryTimeout,
            String retryOn,
            Optional<Boolean> retryRemoteLocalities,
            Optional<Boolean> retryIgnorePreviousHosts,
            Optional<Duration> backoff) {
        public static Retries of(Reader in) {
            return new Retries(
                    in.integer("attempts").orElse(0),
                    in.duration("perTryTimeout"),
                    in.text("retryOn", ""),
                    in.flagIfSet("retryRemoteLocalities"),
                    in.flagIfSet("retryIgnorePreviousHosts"),
                    in.duration("backoff"));
        }
    }

    public record Fault(Optional<Delay> delay, Optional<Abort> abort) {
        static Fault of(Reader in) {
            return new Fault(in.object("delay", Delay::of), in.object("abort", Abort::of));
        }
    }

    /// @param percentage of requests; 0 when it is not set
    public record Delay(Optional<Duration> fixed, double percentage) {
        static Delay of(Reader in) {
            in.notYet("exponentialDelay");
            OptionalInt old = in.integer("percent");
            return new Delay(in.duration("fixedDelay"), share(in).orElse(old.orElse(0)));
        }
    }

    /// @param percentage of requests; 0 when it is not set
    public record Abort(OptionalInt httpStatus, Optional<String> grpcStatus, double percentage) {
        static Abort of(Reader in) {
            in.notYet("http2Error");
            return new Abort(
                    in.integer("httpStatus"), in.text("grpcStatus"), share(in).orElse(0));
        }
    }

    private static OptionalDouble share(Reader in) {
        return in.object("percentage", p -> OptionalDouble.of(p.decimal("value").orElse(0)))
                .orElse(OptionalDouble.empty());
    }

    /// @param percentage 100 when it is not set
    public record Mirror(Destination destination, OptionalDouble percentage) {
        static Mirror of(Reader in) {
            return new Mirror(
                    in.object("destination", Destination::of).orElse(new Destination("", "", OptionalInt.empty())),
                    in.object(
                                    "percentage",
                                    p -> OptionalDouble.of(p.decimal("value").orElse(0)))
                            .orElse(OptionalDouble.empty()));
        }
    }

    public record Cors(
            List<StringMatch> allowOrigins,
            List<String> allowMethods,
            List<String> allowHeaders,
            List<String> exposeHeaders,
            Optional<Duration> maxAge,
            Optional<Boolean> allowCredentials,
            String unmatchedPreflights) {
        static Cors of(Reader in) {
            List<StringMatch> origins = in.objects("allowOrigins", StringMatch::of);
            List<String> old = in.texts("allowOrigin");
            return new Cors(
                    origins.isEmpty()
                            ? old.stream()
                                    .<StringMatch>map(o -> new StringMatch.Exact(o))
                                    .toList()
                            : origins,
                    in.texts("allowMethods"),
                    in.texts("allowHeaders"),
                    in.texts("exposeHeaders"),
                    in.duration("maxAge"),
                    in.flagIfSet("allowCredentials"),
                    in.text("unmatchedPreflights", ""));
        }
    }
}
