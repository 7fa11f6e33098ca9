package dev.lateen.translate;

import dev.lateen.model.mesh.ConnectionSettings;
import dev.lateen.model.mesh.ConnectionSettings.Http2;
import dev.lateen.model.mesh.ConnectionSettings.Normalizing;
import dev.lateen.model.mesh.ConnectionSettings.Times;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions.HeadersWithUnderscoresAction;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import java.util.OptionalInt;

/// What `connectionSettings` of a proxy says, at its listeners, connection managers and clusters. Source: Istio,
/// `ProxyConfig.connectionSettings`. Thread: any.
final class ConnectionLimits {
    private ConnectionLimits() {}

    static void apply(Scene scene, Listener.Builder listener) {
        OptionalInt bytes = scene.traffic().connections().buffers().listener();
        if (bytes.isPresent()) {
            listener.setPerConnectionBufferLimitBytes(Protos.uint(bytes.getAsInt()));
        }
    }

    static void apply(Scene scene, Cluster.Builder cluster) {
        OptionalInt bytes = scene.traffic().connections().buffers().cluster();
        if (bytes.isPresent()) {
            cluster.setPerConnectionBufferLimitBytes(Protos.uint(bytes.getAsInt()));
        }
    }

    static void apply(Scene scene, HttpConnectionManager.Builder manager) {
        ConnectionSettings settings = scene.traffic().connections();
        times(settings.times(), manager);
        http2(settings.http2(), manager);
        normalize(settings.normalizing(), manager);
    }

    private static void times(Times times, HttpConnectionManager.Builder manager) {
        times.idle()
                .ifPresent(t -> manager.getCommonHttpProtocolOptionsBuilder().setIdleTimeout(Protos.duration(t)));
        times.maxConnection()
                .ifPresent(t ->
                        manager.getCommonHttpProtocolOptionsBuilder().setMaxConnectionDuration(Protos.duration(t)));
        times.maxStream()
                .ifPresent(t -> manager.getCommonHttpProtocolOptionsBuilder().setMaxStreamDuration(Protos.duration(t)));
        times.drain().ifPresent(t -> manager.setDrainTimeout(Protos.duration(t)));
        times.request().ifPresent(t -> manager.setRequestTimeout(Protos.duration(t)));
        times.requestHeaders().ifPresent(t -> manager.setRequestHeadersTimeout(Protos.duration(t)));
        times.streamIdle().ifPresent(t -> manager.setStreamIdleTimeout(Protos.duration(t)));
    }

    private static void http2(Http2 http2, HttpConnectionManager.Builder manager) {
        http2.maxConcurrentStreams()
                .ifPresent(n -> manager.getHttp2ProtocolOptionsBuilder().setMaxConcurrentStreams(Protos.uint(n)));
        http2.streamWindow()
                .ifPresent(n -> manager.getHttp2ProtocolOptionsBuilder().setInitialStreamWindowSize(Protos.uint(n)));
        http2.connectionWindow()
                .ifPresent(
                        n -> manager.getHttp2ProtocolOptionsBuilder().setInitialConnectionWindowSize(Protos.uint(n)));
    }

    private static void normalize(Normalizing normalizing, HttpConnectionManager.Builder manager) {
        normalizing
                .underscores()
                .ifPresent(action -> manager.getCommonHttpProtocolOptionsBuilder()
                        .setHeadersWithUnderscoresAction(underscores(action)));
        normalizing.mergeSlashes().ifPresent(manager::setMergeSlashes);
        normalizing.escapedSlashes().ifPresent(action -> manager.setPathWithEscapedSlashesAction(slashes(action)));
    }

    private static HeadersWithUnderscoresAction underscores(String action) {
        return switch (action) {
            case "REJECT_REQUEST" -> HeadersWithUnderscoresAction.REJECT_REQUEST;
            case "DROP_HEADER" -> HeadersWithUnderscoresAction.DROP_HEADER;
            default -> HeadersWithUnderscoresAction.ALLOW;
        };
    }

    private static PathWithEscapedSlashesAction slashes(String action) {
        return switch (action) {
            case "REJECT_REQUEST" -> PathWithEscapedSlashesAction.REJECT_REQUEST;
            case "UNESCAPE_AND_REDIRECT" -> PathWithEscapedSlashesAction.UNESCAPE_AND_REDIRECT;
            case "UNESCAPE_AND_FORWARD" -> PathWithEscapedSlashesAction.UNESCAPE_AND_FORWARD;
            default -> PathWithEscapedSlashesAction.KEEP_UNCHANGED;
        };
    }
}
