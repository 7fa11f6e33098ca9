package dev.lateen.proxy.http;

import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.net.http.ResponseHead;
import dev.lateen.proxy.route.RouteAction.Forward;
import dev.lateen.proxy.route.RouteAction.UpgradeRule;
import dev.lateen.proxy.route.RouteEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Upgrades and CONNECT: whether they are let through, and how they look in the other version of HTTP.
///
/// Source: RFC 9110 §7.8, RFC 8441. Thread: any.
final class Upgrades {
    private static final String CONNECT = "CONNECT";

    private Upgrades() {}

    /// Whether the request asks for an upgrade that is not configured; the route's word counts before the manager's.
    static boolean refused(RequestHead head, List<UpgradeRule> rules, @Nullable RouteEntry route) {
        String asked = asked(head);
        if (asked == null) {
            return false;
        }
        if (route != null && route.route().action() instanceof Forward forward) {
            for (UpgradeRule rule : forward.upgrades()) {
                if (rule.type().equals(asked)) {
                    return !rule.enabled();
                }
            }
        }
        for (UpgradeRule rule : rules) {
            if (rule.type().equals(asked)) {
                return !rule.enabled();
            }
        }
        return true;
    }

    /// Whether the route ends the tunnel that the request asks for.
    static boolean endsHere(RequestHead head, List<UpgradeRule> ofRoute) {
        for (UpgradeRule rule : ofRoute) {
            boolean ends = switch (rule.end()) {
                case NONE -> false;
                case OF_CONNECT -> isConnect(head);
                case OF_CONNECT_AND_POST -> isConnect(head) || head.method().equals("POST");
            };
            if (ends && rule.enabled()) {
                return true;
            }
        }
        return false;
    }

    private static boolean isConnect(RequestHead head) {
        return head.method().equals(CONNECT) && head.protocol() == null;
    }

    static boolean isTunnel(RequestHead head) {
        return asked(head) != null;
    }

    private static @Nullable String asked(RequestHead head) {
        String protocol = head.protocol();
        if (protocol != null) {
            return protocol;
        }
        return head.method().equals(CONNECT) ? "connect" : null;
    }

    /// The head as the upstream's version of HTTP writes it.
    static RequestHead forUpstream(RequestHead head, HttpVersion upstream) {
        if (head.protocol() == null) {
            return head;
        }
        boolean http2 = upstream == HttpVersion.HTTP_2;
        String method = http2 ? CONNECT : head.method().equals(CONNECT) ? "GET" : head.method();
        if (method.equals(head.method())) {
            return head;
        }
        RequestHead changed =
                new RequestHead(head.version(), method, head.scheme(), head.authority(), head.path(), head.headers());
        changed.protocol(head.protocol());
        return changed;
    }

    /// Brings the status of an accepted upgrade into the client's version: 101 in HTTP/1, 200 in HTTP/2.
    static void forDownstream(RequestHead head, ResponseHead response) {
        if (head.protocol() == null) {
            return;
        }
        boolean http2 = head.version() == HttpVersion.HTTP_2;
        if (http2 && response.status() == 101) {
            response.status(200);
        } else if (!http2 && response.status() == 200) {
            response.status(101);
        }
    }
}
