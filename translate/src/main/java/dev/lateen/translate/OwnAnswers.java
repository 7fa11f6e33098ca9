package dev.lateen.translate;

import com.google.protobuf.ByteString;
import dev.lateen.model.istio.HttpRoute.Action.Direct;
import dev.lateen.model.istio.HttpRoute.Action.Redirect;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import java.util.Base64;

/// What a route answers by itself: redirects and direct responses.
final class OwnAnswers {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private OwnAnswers() {}

    /// @param port of the listener
    /// @param tls whether the listener ends TLS
    static RedirectAction redirect(Redirect from, int port, boolean tls) {
        RedirectAction.Builder to = RedirectAction.newBuilder().setHostRedirect(from.authority());
        if (!from.prefixRewrite().isEmpty()) {
            to.setPrefixRewrite(from.prefixRewrite());
        } else if (from.uri().startsWith("%PREFIX()%")) {
            to.setPrefixRewrite(from.uri().substring("%PREFIX()%".length()));
        } else {
            to.setPathRedirect(from.uri());
        }
        if (!from.scheme().isEmpty()) {
            to.setSchemeRedirect(from.scheme());
        }
        int wanted = port(from, port);
        String scheme = from.scheme().isEmpty() ? (tls ? "https" : "http") : from.scheme();
        if (wanted != usualPort(scheme)) {
            to.setPortRedirect(wanted);
        }
        to.setResponseCode(
                switch (from.status()) {
                    case 302 -> RedirectAction.RedirectResponseCode.FOUND;
                    case 303 -> RedirectAction.RedirectResponseCode.SEE_OTHER;
                    case 307 -> RedirectAction.RedirectResponseCode.TEMPORARY_REDIRECT;
                    case 308 -> RedirectAction.RedirectResponseCode.PERMANENT_REDIRECT;
                    default -> RedirectAction.RedirectResponseCode.MOVED_PERMANENTLY;
                });
        return to.build();
    }

    /// 0 for none.
    private static int port(Redirect from, int port) {
        boolean asked = from.derivePort().filter("FROM_REQUEST_PORT"::equals).isPresent();
        return from.port().orElse(asked ? port : 0);
    }

    /// The port that goes without saying in a location of that scheme.
    private static int usualPort(String scheme) {
        return switch (scheme) {
            case "http" -> HTTP;
            case "https" -> HTTPS;
            default -> 0;
        };
    }

    static DirectResponseAction direct(Direct from) {
        DirectResponseAction.Builder to = DirectResponseAction.newBuilder().setStatus(from.status());
        from.body()
                .ifPresent(body -> to.setBody(body.text()
                        .map(t -> DataSource.newBuilder().setInlineString(t).build())
                        .orElseGet(() -> DataSource.newBuilder()
                                .setInlineBytes(ByteString.copyFrom(Base64.getMimeDecoder()
                                        .decode(body.bytes().orElse(""))))
                                .build())));
        return to.build();
    }
}
