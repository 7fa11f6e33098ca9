package dev.lateen.proxy.cluster;

import dev.lateen.proxy.cluster.HttpOptions.Http2Options;
import dev.lateen.proxy.cluster.HttpOptions.Protocol;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.HeaderCase;
import dev.lateen.proxy.config.Place;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.ClusterProtocolSelection;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.UpstreamHttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.time.Duration;

/// Decodes how HTTP is spoken to a cluster: HttpProtocolOptions, or the older fields of the cluster itself.
final class HttpOptionsDecoder {
    private HttpOptionsDecoder() {}

    static HttpOptions decode(HttpProtocolOptions options, Place at) {
        Protocol protocol;
        Http1ProtocolOptions http1;
        Http2ProtocolOptions http2 = Http2ProtocolOptions.getDefaultInstance();
        switch (options.getUpstreamProtocolOptionsCase()) {
            case EXPLICIT_HTTP_CONFIG -> {
                HttpProtocolOptions.ExplicitHttpConfig explicit = options.getExplicitHttpConfig();
                protocol = explicit.hasHttp2ProtocolOptions() ? Protocol.HTTP2 : Protocol.HTTP1;
                http1 = explicit.getHttpProtocolOptions();
                http2 = explicit.getHttp2ProtocolOptions();
            }
            case USE_DOWNSTREAM_PROTOCOL_CONFIG -> {
                protocol = Protocol.USE_DOWNSTREAM;
                http1 = options.getUseDownstreamProtocolConfig().getHttpProtocolOptions();
                http2 = options.getUseDownstreamProtocolConfig().getHttp2ProtocolOptions();
            }
            case AUTO_CONFIG -> {
                protocol = Protocol.AUTO;
                http1 = options.getAutoConfig().getHttpProtocolOptions();
                http2 = options.getAutoConfig().getHttp2ProtocolOptions();
            }
            case UPSTREAMPROTOCOLOPTIONS_NOT_SET ->
                throw at.refuse("expected: explicit_http_config, use_downstream_protocol_config or auto_config");
            default -> throw at.unsupported();
        }
        return options(
                protocol,
                options.getCommonHttpProtocolOptions(),
                options.getUpstreamHttpProtocolOptions(),
                HeaderCase.isPreserved(http1, at.field("http_protocol_options")),
                http2(http2, at.field("http2_protocol_options")),
                at);
    }

    /// The older form, still understood by Envoy.
    @SuppressWarnings("deprecation")
    static HttpOptions decode(io.envoyproxy.envoy.config.cluster.v3.Cluster cluster, Place at) {
        Protocol protocol = cluster.hasHttp2ProtocolOptions() ? Protocol.HTTP2 : Protocol.HTTP1;
        if (cluster.getProtocolSelection() == ClusterProtocolSelection.USE_DOWNSTREAM_PROTOCOL) {
            protocol = Protocol.USE_DOWNSTREAM;
        }
        HttpOptions options = options(
                protocol,
                cluster.getCommonHttpProtocolOptions(),
                cluster.getUpstreamHttpProtocolOptions(),
                HeaderCase.isPreserved(cluster.getHttpProtocolOptions(), at.field("http_protocol_options")),
                http2(cluster.getHttp2ProtocolOptions(), at.field("http2_protocol_options")),
                at);
        return cluster.hasMaxRequestsPerConnection()
                ? withMaxRequests(options, OutlierDecoder.atMostInt(cluster.getMaxRequestsPerConnection()))
                : options;
    }

    private static HttpOptions options(
            Protocol protocol,
            io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions common,
            UpstreamHttpProtocolOptions upstream,
            boolean keepsSpelling,
            Http2Options http2,
            Place at) {
        Place place = at.field("common_http_protocol_options");
        return new HttpOptions(
                protocol,
                common.hasIdleTimeout()
                        ? CommonDecoder.duration(common.getIdleTimeout(), place.field("idle_timeout"))
                        : HttpOptions.DEFAULT_IDLE_TIMEOUT,
                CommonDecoder.duration(common.getMaxConnectionDuration(), place.field("max_connection_duration")),
                OutlierDecoder.atMostInt(common.getMaxRequestsPerConnection()),
                upstream.getAutoSni(),
                upstream.getAutoSanValidation(),
                keepsSpelling,
                http2);
    }

    static HttpOptions withMaxRequests(HttpOptions options, int maxRequests) {
        return new HttpOptions(
                options.protocol(),
                options.idleTimeout(),
                options.maxConnectionDuration(),
                maxRequests,
                options.autoSni(),
                options.autoSanValidation(),
                options.keepsSpelling(),
                options.http2());
    }

    private static Http2Options http2(Http2ProtocolOptions options, Place at) {
        Place keepalive = at.field("connection_keepalive");
        Duration interval =
                CommonDecoder.duration(options.getConnectionKeepalive().getInterval(), keepalive.field("interval"));
        return new Http2Options(
                options.hasMaxConcurrentStreams()
                        ? OutlierDecoder.atMostInt(options.getMaxConcurrentStreams())
                        : Http2Options.DEFAULT.maxConcurrentStreams(),
                OutlierDecoder.atMostInt(options.getInitialStreamWindowSize()),
                OutlierDecoder.atMostInt(options.getInitialConnectionWindowSize()),
                interval,
                CommonDecoder.duration(options.getConnectionKeepalive().getTimeout(), keepalive.field("timeout")));
    }
}
