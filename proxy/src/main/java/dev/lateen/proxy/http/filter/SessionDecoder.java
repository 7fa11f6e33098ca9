package dev.lateen.proxy.http.filter;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.CommonFields;
import dev.lateen.proxy.config.ImplementedFields;
import dev.lateen.proxy.config.Place;
import dev.lateen.proxy.config.TypedConfig;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSession;
import io.envoyproxy.envoy.extensions.filters.http.stateful_session.v3.StatefulSessionPerRoute;
import io.envoyproxy.envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState;
import io.envoyproxy.envoy.extensions.http.stateful_session.header.v3.HeaderBasedSessionState;
import java.util.Locale;

/// Decodes the filter that keeps sessions.
///
/// Thread: main.
final class SessionDecoder {
    static final String TYPE = "envoy.extensions.filters.http.stateful_session.v3.StatefulSession";
    private static final String STATES = "envoy.extensions.http.stateful_session.";

    static final ImplementedFields FIELDS = ImplementedFields.builder()
            .include(CommonFields.LIST)
            .message(TYPE, "session_state", "strict")
            .message(TYPE + "PerRoute", "disabled", "stateful_session")
            .message(STATES + "cookie.v3.CookieBasedSessionState", "cookie")
            .message(STATES + "header.v3.HeaderBasedSessionState", "name")
            .message("envoy.type.http.v3.Cookie", "name", "ttl", "path")
            .message("envoy.config.core.v3.TypedExtensionConfig", "name", "typed_config")
            .build();

    private SessionDecoder() {}

    static FilterConfig decode(TypedConfig config, Place at) {
        return session(config.unpack(StatefulSession.parser(), FIELDS, at), at);
    }

    /// A route that switches sessions off has a configuration without a state.
    static FilterConfig route(TypedConfig config, Place at) {
        StatefulSessionPerRoute route = config.unpack(StatefulSessionPerRoute.parser(), FIELDS, at);
        return route.hasStatefulSession()
                ? session(route.getStatefulSession(), at.field("stateful_session"))
                : new FilterConfig.Session(null, false);
    }

    private static FilterConfig session(StatefulSession session, Place at) {
        if (!session.hasSessionState()) {
            return new FilterConfig.Session(null, false);
        }
        Place place = at.field("session_state.typed_config");
        TypedConfig config = TypedConfig.of(session.getSessionState().getTypedConfig(), place);
        SessionState state = switch (config.type()) {
            case STATES + "cookie.v3.CookieBasedSessionState" ->
                cookie(config.unpack(CookieBasedSessionState.parser(), FIELDS, place), place.field("cookie"));
            case STATES + "header.v3.HeaderBasedSessionState" -> {
                String name = config.unpack(HeaderBasedSessionState.parser(), FIELDS, place)
                        .getName();
                place.field("name").require(!name.isEmpty(), "is empty (expected: the name of a header)");
                yield new SessionState.Header(name.toLowerCase(Locale.ROOT));
            }
            default ->
                throw place.refuse("session state " + config.type()
                        + " is not supported by this proxy yet (expected: cookie or header)");
        };
        return new FilterConfig.Session(state, session.getStrict());
    }

    private static SessionState cookie(CookieBasedSessionState state, Place at) {
        var cookie = state.getCookie();
        at.field("name").require(!cookie.getName().isEmpty(), "is empty (expected: the name of a cookie)");
        return new SessionState.Cookie(
                cookie.getName(),
                cookie.getPath(),
                CommonDecoder.duration(cookie.getTtl(), at.field("ttl")).toSeconds());
    }
}
