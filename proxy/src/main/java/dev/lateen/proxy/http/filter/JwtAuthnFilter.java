package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.jwt.JwtCheck;
import dev.lateen.proxy.jwt.JwtConfig;
import dev.lateen.proxy.jwt.JwtProvider;
import dev.lateen.proxy.jwt.JwtRequirement;
import dev.lateen.proxy.jwt.JwtStatus;
import dev.lateen.proxy.jwt.KeySource;
import dev.lateen.proxy.jwt.RemoteKeys;
import dev.lateen.proxy.jwt.TokenOutput;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Checks the tokens of end users and passes on what they say.
///
/// Differs: where a client sent a header that only this filter may set, the route is decided again without it.
///
/// Source: Envoy's JWT authentication filter. Thread: event loop of the request; keys and numbers are shared by all.
final class JwtAuthnFilter implements RequestFilter {
    private static final int MAX_FETCHES = 2;
    private static final int MAX_REALM = 256;

    /// What all loops share.
    private record Shared(
            String name,
            JwtConfig config,
            Map<String, KeySource> sources,
            List<RemoteKeys> remote,
            List<String> reserved,
            Counter allowed,
            Counter denied,
            Counter bypassed) {}

    private final Shared shared;
    private final JwtCheck check;

    private JwtAuthnFilter(Shared shared) {
        this.shared = shared;
        this.check = new JwtCheck(shared.sources());
    }

    static JwtAuthnFilter create(String name, JwtConfig config, FilterEnvironment environment) {
        Stats stats = environment.stats();
        String prefix = "http." + environment.statPrefix() + ".jwt_authn."
                + (config.statPrefix().isEmpty() ? "" : config.statPrefix() + ".");
        Counter successes = stats.counter(prefix + "jwks_fetch_success");
        Counter failures = stats.counter(prefix + "jwks_fetch_failed");
        Map<String, KeySource> sources = new HashMap<>();
        List<RemoteKeys> remote = new ArrayList<>();
        for (JwtProvider provider : config.providers()) {
            KeySource source = KeySource.of(provider, environment.clusters(), successes, failures);
            sources.put(provider.name(), source);
            if (source instanceof KeySource.Remote(RemoteKeys fetched)) {
                remote.add(fetched);
            }
        }
        return new JwtAuthnFilter(new Shared(
                name,
                config,
                sources,
                List.copyOf(remote),
                config.reservedHeaders(),
                stats.counter(prefix + "allowed"),
                stats.counter(prefix + "denied"),
                stats.counter(prefix + "cors_preflight_bypassed")));
    }

    @Override
    public RequestFilter on(EventLoop loop) {
        refresh(loop);
        return new JwtAuthnFilter(shared);
    }

    private void refresh(EventLoop loop) {
        List<RemoteKeys> remote = shared.remote();
        for (int index = 0; index < remote.size(); index++) {
            remote.get(index).refresh(loop);
        }
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        RequestHead head = exchange.head();
        if (shared.config().bypassesPreflights() && isPreflight(head)) {
            shared.bypassed().increment();
            return Verdict.CONTINUE;
        }
        Object override = exchange.override(shared.name());
        JwtRequirement requirement;
        if (override == null) {
            requirement = required(exchange);
        } else if (override instanceof FilterConfig.JwtRoute(String named) && !named.isEmpty()) {
            requirement = shared.config().named().get(named);
            if (requirement == null) {
                return refuseUnknown(exchange, named);
            }
        } else {
            return Verdict.CONTINUE;
        }
        boolean forged = false;
        List<String> reserved = shared.reserved();
        for (int index = 0; index < reserved.size(); index++) {
            forged |= head.headers().remove(reserved.get(index));
        }
        if (forged) {
            // The route was found while the client's own values were still there.
            exchange.decideRouteAgain();
        }
        if (requirement == null) {
            shared.allowed().increment();
            return Verdict.CONTINUE;
        }
        refresh(exchange.loop());
        return decide(exchange, requirement, 0);
    }

    private static boolean isPreflight(RequestHead head) {
        Headers headers = head.headers();
        return head.method().equals("OPTIONS")
                && filled(headers, "origin")
                && filled(headers, "access-control-request-method");
    }

    private static boolean filled(Headers headers, String name) {
        String value = headers.get(name);
        return value != null && !value.isEmpty();
    }

    private @Nullable JwtRequirement required(Exchange exchange) {
        List<JwtConfig.Rule> rules = shared.config().rules();
        String path = exchange.head().pathOnly();
        for (int index = 0; index < rules.size(); index++) {
            JwtConfig.Rule rule = rules.get(index);
            if (rule.match().matches(exchange.head(), path, exchange.random(), exchange.info())) {
                return rule.requirement().orElse(null);
            }
        }
        return null;
    }

    private Verdict decide(Exchange exchange, JwtRequirement requirement, int fetches) {
        JwtCheck.Outcome outcome = check.check(requirement, exchange.head(), System.currentTimeMillis() / 1000);
        if (outcome.status() == JwtStatus.OK) {
            shared.allowed().increment();
            pass(exchange, outcome.accepted());
            return Verdict.CONTINUE;
        }
        RemoteKeys missing = outcome.waitsFor();
        if (missing != null && fetches < MAX_FETCHES) {
            missing.fetch(exchange.loop(), () -> {
                if (decide(exchange, requirement, fetches + 1) == Verdict.CONTINUE) {
                    exchange.resume();
                }
            });
            return Verdict.STOP;
        }
        refuse(exchange, outcome.status());
        return Verdict.STOP;
    }

    private static void pass(Exchange exchange, List<JwtCheck.Accepted> accepted) {
        boolean reroute = false;
        for (int index = 0; index < accepted.size(); index++) {
            reroute |= TokenOutput.apply(accepted.get(index), exchange.head(), exchange.info());
        }
        if (reroute) {
            exchange.decideRouteAgain();
        }
    }

    private void refuse(Exchange exchange, JwtStatus status) {
        shared.denied().increment();
        exchange.info().evidence().note("jwt", status.text() + issuers());
        if (shared.config().terse()) {
            exchange.reply(LocalReply.of(status.httpStatus(), "", status.details()));
            return;
        }
        RequestHead head = exchange.head();
        String path = exchange.info().originalPath == null ? head.path() : exchange.info().originalPath;
        String realm = head.scheme() + "://" + head.authority()
                + (path.length() > MAX_REALM ? path.substring(0, MAX_REALM) : path);
        Headers headers = new Headers(2);
        headers.add(
                "www-authenticate",
                "Bearer realm=\"" + realm.replace("\"", "%22") + "\""
                        + (status == JwtStatus.MISSING ? "" : ", error=\"invalid_token\""));
        exchange.reply(LocalReply.of(status.httpStatus(), status.text(), status.details())
                .with(headers));
    }

    private String issuers() {
        StringBuilder text = new StringBuilder();
        for (JwtProvider provider : shared.config().providers()) {
            text.append(text.isEmpty() ? "; issuers: " : ", ").append(provider.issuer());
        }
        return text.toString();
    }

    private Verdict refuseUnknown(Exchange exchange, String named) {
        shared.denied().increment();
        exchange.reply(LocalReply.of(
                403,
                "Failed JWT authentication: Wrong requirement_name: " + named,
                "jwt_authn_access_denied{Wrong_requirement_name:_" + named.replace(' ', '_') + "}"));
        return Verdict.STOP;
    }
}
