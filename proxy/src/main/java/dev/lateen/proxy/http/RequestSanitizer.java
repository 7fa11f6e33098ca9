package dev.lateen.proxy.http;

import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.ClientAddress;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.ClientCertificate;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.HostRules;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.RequestRules;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.Underscores;
import dev.lateen.proxy.http.filter.LocalReply;
import dev.lateen.proxy.route.Authority;
import dev.lateen.proxy.route.RouteMatch;
import dev.lateen.proxy.stream.StreamInfo;
import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What happens to a request's head before it is routed: refuses what no route should see, finds out who the client is,
/// and takes away or adds what upstreams may believe.
///
/// Source: Envoy's "HTTP header sanitizing" and "path normalization". Thread: any (immutable).
final class RequestSanitizer {
    private static final String FORWARDED_FOR = "x-forwarded-for";
    private static final String FORWARDED_PROTO = "x-forwarded-proto";
    private static final String FORWARDED_CERTIFICATE = "x-forwarded-client-cert";
    private static final String REQUEST_ID = "x-request-id";

    /// Believed of internal clients only.
    private static final List<String> ORDERS = List.of(
            "x-envoy-retriable-status-codes",
            "x-envoy-retriable-header-names",
            "x-envoy-retry-on",
            "x-envoy-retry-grpc-on",
            "x-envoy-max-retries",
            "x-envoy-upstream-alt-stat-name",
            "x-envoy-upstream-rq-timeout-ms",
            "x-envoy-upstream-rq-per-try-timeout-ms",
            "x-envoy-upstream-rq-timeout-alt-response",
            "x-envoy-expected-rq-timeout-ms",
            "x-envoy-force-trace",
            "x-envoy-ip-tags",
            "x-envoy-original-url",
            "x-envoy-hedge-on-per-try-timeout");

    /// Not believed of clients at the edge.
    private static final List<String> EDGE = List.of(
            "x-envoy-decorator-operation",
            "x-envoy-downstream-service-cluster",
            "x-envoy-downstream-service-node",
            "x-envoy-original-path",
            "x-envoy-original-host");

    private static final InetAddress LOOPBACK_4 = loopback();

    private final RequestRules rules;
    private final PathNormalizer paths;
    private final String via;

    RequestSanitizer(HttpConnectionManagerConfig config) {
        this.rules = config.requests();
        this.paths = new PathNormalizer(rules.path());
        this.via = config.responses().via();
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 bytes", e);
        }
    }

    /// Null where the request may go on, else the answer to it.
    ///
    /// @param internalOnly of the route configuration: taken from external requests
    @Nullable
    LocalReply sanitize(
            RequestHead head, StreamInfo info, DownstreamHandler connection, List<String> internalOnly, long random) {
        if (head.authority().isEmpty() && head.version() == HttpVersion.HTTP_1_0) {
            head.authority(rules.host().defaultForHttp10());
        }
        if (head.authority().isEmpty()) {
            return LocalReply.of(400, "", "missing_host_header");
        }
        if (!head.method().equals("CONNECT") || head.protocol() != null) {
            LocalReply reply = path(head, info);
            if (reply != null) {
                return reply;
            }
        }
        if (rules.underscores() != Underscores.ALLOW && !underscores(head.headers())) {
            connection.worker.manager.stats().underscores().increment();
            return LocalReply.of(
                    400,
                    "",
                    head.version() == HttpVersion.HTTP_2
                            ? "http2.unexpected_underscore"
                            : "http1.unexpected_underscore");
        }
        host(head, connection);
        addresses(head, info, connection, internalOnly, random);
        certificate(head.headers(), connection);
        if (!via.isEmpty()) {
            append(head.headers(), "via", via, ", ");
        }
        return null;
    }

    /// Nobody is told by trailers where a request came from or how to treat it: whoever merges them into the head would
    /// believe it.
    static void cleanTrailers(Headers trailers) {
        for (int index = trailers.size() - 1; index >= 0; index--) {
            String name = trailers.name(index);
            if (name.startsWith("x-forwarded-") || name.startsWith("x-envoy-") || name.equals("forwarded")) {
                trailers.removeAt(index);
            }
        }
    }

    /// False where the request is refused for one.
    private boolean underscores(Headers headers) {
        for (int index = headers.size() - 1; index >= 0; index--) {
            if (headers.name(index).indexOf('_') >= 0) {
                if (rules.underscores() == Underscores.REJECT_REQUEST) {
                    return false;
                }
                headers.removeAt(index);
            }
        }
        return true;
    }

    private @Nullable LocalReply path(RequestHead head, StreamInfo info) {
        String path = head.path();
        if (path.isEmpty()) {
            return LocalReply.of(404, "", "missing_path_rejected");
        }
        if (path.equals("*") && head.method().equals("OPTIONS")) {
            return null;
        }
        if (path.charAt(0) != '/') {
            return LocalReply.of(404, "", "absolute_path_rejected");
        }
        PathNormalizer.Outcome outcome = paths.normalize(path);
        return switch (outcome) {
            case PathNormalizer.Outcome.Unchanged _ -> null;
            case PathNormalizer.Outcome.Changed(String changed) -> {
                info.originalPath = path;
                head.path(changed);
                yield null;
            }
            case PathNormalizer.Outcome.Refused _ -> LocalReply.of(400, "", "path_normalization_failed");
            // Clients of gRPC follow no redirects.
            case PathNormalizer.Outcome.Redirected _
            when RouteMatch.isGrpc(head.headers()) -> LocalReply.of(400, "", "path_normalization_failed");
            case PathNormalizer.Outcome.Redirected(String to) -> {
                Headers headers = new Headers(4);
                headers.add("location", to);
                yield LocalReply.of(307, "", "path_normalization_failed").with(headers);
            }
        };
    }

    private void host(RequestHead head, DownstreamHandler connection) {
        HostRules host = rules.host();
        if (host.stripPort() == HostRules.StripPort.NO && !host.stripTrailingDot()) {
            return;
        }
        String authority = head.authority();
        int colon = Authority.portAt(authority);
        if (host.stripPort() != HostRules.StripPort.NO && colon >= 0) {
            boolean own = connection.facts.origin().local() instanceof InetSocketAddress local
                    && authority.substring(colon + 1).equals(Integer.toString(local.getPort()));
            if (host.stripPort() == HostRules.StripPort.ANY || own) {
                authority = authority.substring(0, colon);
                colon = -1;
            }
        }
        if (host.stripTrailingDot()) {
            String name = colon < 0 ? authority : authority.substring(0, colon);
            if (name.endsWith(".")) {
                authority = name.substring(0, name.length() - 1) + (colon < 0 ? "" : authority.substring(colon));
            }
        }
        head.authority(authority);
    }

    private void addresses(
            RequestHead head, StreamInfo info, DownstreamHandler connection, List<String> internalOnly, long random) {
        ClientAddress client = rules.client();
        Headers headers = head.headers();
        String forwarded = headers.getJoined(FORWARDED_FOR);
        if (forwarded != null && headers.indexOf(FORWARDED_FOR, headers.indexOf(FORWARDED_FOR, 0) + 1) >= 0) {
            // One list in one field, so that everybody behind us takes the same end of it.
            headers.set(FORWARDED_FOR, forwarded);
        }
        InetAddress remote;
        boolean checkable;
        if (client.useRemote()) {
            checkable = forwarded == null;
            remote = client.trustedHops() > 0 ? fromEnd(forwarded, client.trustedHops() - 1) : null;
            if (remote == null) {
                remote = ip(connection.facts.origin().remote());
            }
            if (!client.skipForwardedFor()) {
                appendClient(headers, connection);
            }
            if (client.trustedHops() == 0 || !headers.contains(FORWARDED_PROTO)) {
                headers.set(FORWARDED_PROTO, connection.tls ? "https" : "http");
            }
            if (client.appendForwardedPort() && connection.facts.origin().local() instanceof InetSocketAddress local) {
                headers.set("x-forwarded-port", Integer.toString(local.getPort()));
            }
        } else {
            remote = fromEnd(forwarded, client.trustedHops());
            checkable = remote != null && forwarded != null && forwarded.indexOf(',') < 0;
            if (!headers.contains(FORWARDED_PROTO)) {
                headers.add(FORWARDED_PROTO, connection.tls ? "https" : "http");
            }
        }
        if (remote != null && (client.useRemote() ? client.trustedHops() > 0 : forwarded != null)) {
            info.downstreamRemote = new InetSocketAddress(remote, 0);
        }
        boolean internal = checkable && remote != null && isInternal(remote);
        boolean edge = client.useRemote() && !internal;
        believe(head, client, internal, edge, internalOnly);
        if (edge && remote != null) {
            headers.set("x-envoy-external-address", NetUtil.toAddressString(remote));
        }
        requestId(headers, edge, random);
    }

    private static void believe(
            RequestHead head, ClientAddress client, boolean internal, boolean edge, List<String> internalOnly) {
        Headers headers = head.headers();
        if (internal) {
            headers.set("x-envoy-internal", "true");
        } else {
            removeEnvoyHeaders(headers, edge);
            for (int index = 0; index < internalOnly.size(); index++) {
                headers.remove(internalOnly.get(index));
            }
        }
        if (!client.schemeOverwrite().isEmpty()) {
            head.scheme(client.schemeOverwrite());
            headers.set(FORWARDED_PROTO, client.schemeOverwrite());
        }
    }

    /// One pass over the fields decides whether there is anything to take away; mostly there is not.
    private static void removeEnvoyHeaders(Headers headers, boolean edge) {
        boolean any = false;
        for (int index = 0; index < headers.size() && !any; index++) {
            any = headers.name(index).startsWith("x-envoy-");
        }
        if (!any) {
            return;
        }
        for (int index = 0; index < ORDERS.size(); index++) {
            headers.remove(ORDERS.get(index));
        }
        headers.remove("x-envoy-internal");
        if (edge) {
            for (int index = 0; index < EDGE.size(); index++) {
                headers.remove(EDGE.get(index));
            }
        }
    }

    private void requestId(Headers headers, boolean edge, long random) {
        if (!rules.ids().generate()) {
            return;
        }
        if (!headers.contains(REQUEST_ID) || (edge && !rules.ids().preserve())) {
            headers.set(REQUEST_ID, RequestId.create(random));
        }
    }

    private boolean isInternal(InetAddress address) {
        List<dev.lateen.proxy.config.CidrRange> ranges = rules.client().internal();
        for (int index = 0; index < ranges.size(); index++) {
            if (ranges.get(index).contains(address)) {
                return true;
            }
        }
        return false;
    }

    private static void appendClient(Headers headers, DownstreamHandler connection) {
        InetAddress peer = ip(connection.facts.origin().remote());
        if (peer != null && isOurselves(peer)) {
            peer = ip(connection.facts.origin().local());
        }
        if (peer != null) {
            append(headers, FORWARDED_FOR, NetUtil.toAddressString(peer), ",");
        }
    }

    /// The two usual addresses of loopback say nothing to others; the rest of 127.0.0.0/8 may tell clients apart.
    private static boolean isOurselves(InetAddress address) {
        return LOOPBACK_4.equals(address) || (address.isLoopbackAddress() && !(address instanceof Inet4Address));
    }

    private void certificate(Headers headers, DownstreamHandler connection) {
        ClientCertificate.Mode mode = rules.certificate().mode();
        X509Certificate certificate = connection.certificate;
        if (mode == ClientCertificate.Mode.ALWAYS_FORWARD_ONLY) {
            return;
        }
        if (mode == ClientCertificate.Mode.SANITIZE || certificate == null) {
            headers.remove(FORWARDED_CERTIFICATE);
            return;
        }
        switch (mode) {
            case APPEND_FORWARD ->
                append(headers, FORWARDED_CERTIFICATE, connection.forwardedCertificate(certificate), ",");
            case SANITIZE_SET -> headers.set(FORWARDED_CERTIFICATE, connection.forwardedCertificate(certificate));
            case FORWARD_ONLY, SANITIZE, ALWAYS_FORWARD_ONLY -> {}
        }
    }

    private static void append(Headers headers, String name, String value, String comma) {
        String old = headers.getJoined(name);
        headers.set(name, old == null || old.isEmpty() ? value : old + comma + value);
    }

    private static @Nullable InetAddress ip(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    /// The nth address from the end of an `x-forwarded-for` value, or null where there is no such, or no address.
    private static @Nullable InetAddress fromEnd(@Nullable String forwarded, int skip) {
        if (forwarded == null) {
            return null;
        }
        int end = forwarded.length();
        for (int left = skip; left > 0; left--) {
            end = forwarded.lastIndexOf(',', end - 1);
            if (end < 0) {
                return null;
            }
        }
        int start = end == 0 ? -1 : forwarded.lastIndexOf(',', end - 1);
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(
                forwarded.substring(start + 1, end).strip());
        if (bytes == null) {
            return null;
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException _) {
            return null;
        }
    }
}
