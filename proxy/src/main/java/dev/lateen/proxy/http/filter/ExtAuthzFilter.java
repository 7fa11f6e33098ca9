package dev.lateen.proxy.http.filter;

import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.proxy.authz.AuthorizationCall;
import dev.lateen.proxy.authz.ExtAuthzConfig;
import dev.lateen.proxy.authz.ExtAuthzConfig.Body;
import dev.lateen.proxy.authz.ExtAuthzConfig.Condition;
import dev.lateen.proxy.authz.ExtAuthzConfig.Route;
import dev.lateen.proxy.authz.Verdict.Change;
import dev.lateen.proxy.authz.Verdict.Failed;
import dev.lateen.proxy.authz.Verdict.Pass;
import dev.lateen.proxy.authz.Verdict.Refuse;
import dev.lateen.proxy.cluster.ClusterCall;
import dev.lateen.proxy.cluster.Clusters;
import dev.lateen.proxy.config.MetadataMatcher;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.telemetry.Counter;
import dev.lateen.proxy.telemetry.Stats;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks a server outside whether a request may pass. The request waits, nothing else does.
///
/// Source: Envoy's external authorization filter. Thread: event loop of the request.
final class ExtAuthzFilter implements RequestFilter {
    private static final String NAMESPACE = "envoy.filters.http.ext_authz";
    private static final Route NO_ROUTE = new Route(false, Map.of(), false, Optional.empty());

    private final String name;
    private final ExtAuthzConfig config;
    private final Clusters clusters;
    private final Counter ok;
    private final Counter denied;
    private final Counter error;
    private final Counter disabled;
    private final Counter failureAllowed;

    ExtAuthzFilter(String name, ExtAuthzConfig config, FilterEnvironment environment) {
        this.name = name;
        this.config = config;
        this.clusters = environment.clusters();
        Stats stats = environment.stats();
        String prefix = "http." + environment.statPrefix() + ".ext_authz."
                + (config.statPrefix().isEmpty() ? "" : config.statPrefix() + ".");
        this.ok = stats.counter(prefix + "ok");
        this.denied = stats.counter(prefix + "denied");
        this.error = stats.counter(prefix + "error");
        this.disabled = stats.counter(prefix + "disabled");
        this.failureAllowed = stats.counter(prefix + "failure_mode_allowed");
    }

    /// A question under way, and what is left of the answer for the response.
    private static final class Asking {
        @Nullable
        ClusterCall call;

        List<Change> response = List.of();
        boolean answered;
        boolean passed;
        boolean returned;
    }

    @Override
    public Verdict onRequest(Exchange exchange) {
        Object override = exchange.override(name);
        Route route = NO_ROUTE;
        if (override instanceof FilterConfig.ExtAuthzRoute(Route own) && !own.asksNot()) {
            route = own;
        } else if (override != null) {
            return Verdict.CONTINUE;
        }
        if (!applies(exchange)) {
            disabled.increment();
            return Verdict.CONTINUE;
        }
        return begin(exchange, route);
    }

    private boolean applies(Exchange exchange) {
        Condition condition = config.condition();
        if (condition.metadata().isPresent()) {
            MetadataMatcher matcher = condition.metadata().get();
            if (!matcher.matches(exchange.info().metadata(matcher.namespace(), matcher.path()))) {
                return false;
            }
        }
        return FaultFilter.drawn(condition.share(), exchange.nextRandom());
    }

    private Verdict begin(Exchange exchange, Route route) {
        Asking asking = new Asking();
        exchange.state(name, asking);
        Optional<Body> body = route.withoutBody() || isTunnel(exchange.head())
                ? Optional.empty()
                : route.body().or(() -> config.question().body());
        if (body.isPresent()) {
            exchange.whenBodyHas(body.get().maxBytes(), () -> askWithBody(exchange, asking, route, body.get()));
        } else {
            ask(exchange, asking, route, Optional.empty(), false, false);
        }
        asking.returned = true;
        return asking.passed ? Verdict.CONTINUE : Verdict.STOP;
    }

    /// Such a body has no end that one could wait for.
    private static boolean isTunnel(RequestHead head) {
        return head.method().equals("CONNECT")
                || head.protocol() != null
                || head.headers().contains("upgrade");
    }

    private void askWithBody(Exchange exchange, Asking asking, Route route, Body body) {
        boolean partial = !exchange.bodyEnded() || exchange.bodyBytes() > body.maxBytes();
        if (partial && !body.cut()) {
            denied.increment();
            exchange.reply(LocalReply.of(413, "Payload Too Large", "request_payload_too_large"));
            return;
        }
        ask(exchange, asking, route, Optional.of(exchange.bodySoFar(body.maxBytes())), partial, body.binary());
    }

    private void ask(
            Exchange exchange, Asking asking, Route route, Optional<byte[]> body, boolean partial, boolean binary) {
        var told = new AuthorizationCall.Told(
                body,
                partial,
                binary,
                size(exchange.head().headers().get("content-length")),
                route.context(),
                config.question().metadata(),
                config.question().serverName());
        ClusterCall call = AuthorizationCall.ask(
                config,
                clusters.get(config.service().cluster()),
                exchange.loop(),
                exchange.head(),
                exchange.info(),
                told,
                verdict -> decide(exchange, asking, verdict));
        if (!asking.answered) {
            asking.call = call;
        }
    }

    private static long size(@Nullable String length) {
        if (length == null || length.isEmpty() || length.length() > 18) {
            return -1;
        }
        long size = 0;
        for (int index = 0; index < length.length(); index++) {
            char digit = length.charAt(index);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            size = size * 10 + digit - '0';
        }
        return size;
    }

    private void decide(Exchange exchange, Asking asking, dev.lateen.proxy.authz.Verdict verdict) {
        asking.answered = true;
        asking.call = null;
        switch (verdict) {
            case Pass pass -> {
                if (AnswerChanges.valid(pass)) {
                    ok.increment();
                    exchange.info().metadata().putAll(NAMESPACE, pass.metadata());
                    boolean changed = AnswerChanges.apply(pass, exchange.head());
                    asking.response = pass.response();
                    if (config.reroutes() && (changed || !pass.metadata().isEmpty())) {
                        exchange.decideRouteAgain();
                    }
                    pass(exchange, asking);
                } else {
                    fail(exchange, asking);
                }
            }
            case Refuse refuse -> {
                denied.increment();
                exchange.info().metadata().putAll(NAMESPACE, refuse.metadata());
                note(exchange, "answered " + refuse.status());
                boolean known = refuse.status() >= 200 && refuse.status() < 600;
                exchange.reply(LocalReply.of(
                                known ? refuse.status() : 403,
                                refuse.body(),
                                ResponseFlag.UNAUTHORIZED_EXTERNAL_SERVICE,
                                "ext_authz_denied")
                        .with(AnswerChanges.clean(refuse.headers())));
            }
            case Failed _ -> fail(exchange, asking);
        }
    }

    /// Names the policy that had it asked.
    private void note(Exchange exchange, String said) {
        exchange.info().evidence().note("authorizer", config.service().cluster() + " " + said);
        if (config.condition().metadata().isPresent()) {
            MetadataMatcher matcher = config.condition().metadata().get();
            Object policy = exchange.info().metadata(matcher.namespace(), matcher.path());
            if (policy instanceof String name) {
                exchange.info().evidence().note("policy", name);
            }
        }
    }

    private void fail(Exchange exchange, Asking asking) {
        error.increment();
        if (config.failure().allows()) {
            failureAllowed.increment();
            if (config.failure().marks()) {
                exchange.head().headers().set("x-envoy-auth-failure-mode-allowed", "true");
            }
            pass(exchange, asking);
            return;
        }
        note(exchange, "gave no answer");
        exchange.reply(LocalReply.of(
                config.failure().status(), "", ResponseFlag.UNAUTHORIZED_EXTERNAL_SERVICE, "ext_authz_error"));
    }

    private static void pass(Exchange exchange, Asking asking) {
        asking.passed = true;
        if (asking.returned) {
            exchange.resume();
        }
    }

    @Override
    public void onResponse(Exchange exchange, ResponseHead head) {
        if (exchange.state(name) instanceof Asking asking) {
            AnswerChanges.apply(asking.response, head.headers());
        }
    }

    @Override
    public void onEnd(Exchange exchange) {
        if (exchange.state(name) instanceof Asking asking && asking.call != null) {
            asking.call.cancel();
            asking.call = null;
        }
    }
}
