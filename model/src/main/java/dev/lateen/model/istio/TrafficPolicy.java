package dev.lateen.model.istio;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// How clients treat the endpoints of a service. Source: Istio `TrafficPolicy`.
public record TrafficPolicy(
        Optional<LoadBalancer> loadBalancer,
        Optional<ConnectionPool> connectionPool,
        Optional<OutlierDetection> outlierDetection,
        Optional<ClientTls> tls,
        List<PortPolicy> ports,
        Optional<Tunnel> tunnel,
        Optional<String> proxyProtocol,
        Optional<RetryBudget> retryBudget) {
    public static final TrafficPolicy EMPTY = new TrafficPolicy(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    static TrafficPolicy of(Reader in) {
        return new TrafficPolicy(
                in.object("loadBalancer", LoadBalancer::of),
                in.object("connectionPool", ConnectionPool::of),
                in.object("outlierDetection", OutlierDetection::of),
                in.object("tls", ClientTls::of),
                in.objects("portLevelSettings", PortPolicy::of),
                in.object("tunnel", Tunnel::of),
                in.object("proxyProtocol", p -> p.text("version", "V1")),
                in.object("retryBudget", RetryBudget::of));
    }

    public TrafficPolicy withTls(Optional<ClientTls> newTls) {
        return new TrafficPolicy(
                loadBalancer, connectionPool, outlierDetection, newTls, ports, tunnel, proxyProtocol, retryBudget);
    }

    public record PortPolicy(
            int port,
            Optional<LoadBalancer> loadBalancer,
            Optional<ConnectionPool> connectionPool,
            Optional<OutlierDetection> outlierDetection,
            Optional<ClientTls> tls) {
        static PortPolicy of(Reader in) {
            return new PortPolicy(
                    in.object("port", p -> p.integer("number"))
                            .orElse(OptionalInt.empty())
                            .orElse(0),
                    in.object("loadBalancer", LoadBalancer::of),
                    in.object("connectionPool", ConnectionPool::of),
                    in.object("outlierDetection", OutlierDetection::of),
                    in.object("tls", ClientTls::of));
        }
    }

    /// @param simple empty or `UNSPECIFIED` for the default
    public record LoadBalancer(
            String simple,
            Optional<ConsistentHash> consistentHash,
            Optional<LocalityLb> locality,
            Optional<ZoneAwareLb> zoneAware,
            Optional<Warmup> warmup) {
        static LoadBalancer of(Reader in) {
            Optional<Warmup> old = in.duration("warmupDurationSecs")
                    .map(d -> new Warmup(d, java.util.OptionalDouble.empty(), java.util.OptionalDouble.empty()));
            return new LoadBalancer(
                    in.text("simple", ""),
                    in.object("consistentHash", ConsistentHash::of),
                    in.object("localityLbSetting", LocalityLb::of),
                    in.object("zoneAwareLbSetting", ZoneAwareLb::of),
                    in.object("warmup", Warmup::of).or(() -> old));
        }
    }

    public record Warmup(
            Duration duration, java.util.OptionalDouble minimumPercent, java.util.OptionalDouble aggression) {
        static Warmup of(Reader in) {
            return new Warmup(
                    in.duration("duration").orElse(Duration.ZERO),
                    in.decimal("minimumPercent"),
                    in.decimal("aggression"));
        }
    }

    public record ConsistentHash(
            Optional<String> header,
            Optional<Cookie> cookie,
            boolean sourceIp,
            Optional<String> queryParameter,
            OptionalLong minimumRingSize,
            Optional<OptionalLong> maglevTableSize) {
        static ConsistentHash of(Reader in) {
            OptionalLong old = in.longInteger("minimumRingSize");
            return new ConsistentHash(
                    in.text("httpHeaderName"),
                    in.object("httpCookie", Cookie::of),
                    in.flag("useSourceIp"),
                    in.text("httpQueryParameterName"),
                    in.object("ringHash", r -> r.longInteger("minimumRingSize")).orElse(old),
                    in.object("maglev", m -> m.longInteger("tableSize")));
        }
    }

    public record Cookie(String name, String path, Optional<Duration> ttl, Map<String, String> attributes) {
        static Cookie of(Reader in) {
            Map<String, String> attributes = new java.util.LinkedHashMap<>();
            for (Map.Entry<String, String> pair :
                    in.objects("attributes", a -> Map.entry(a.text("name", ""), a.text("value", "")))) {
                attributes.put(pair.getKey(), pair.getValue());
            }
            return new Cookie(in.text("name", ""), in.text("path", ""), in.duration("ttl"), attributes);
        }
    }

    /// @param enabled empty: as the mesh says
    public record LocalityLb(
            List<Distribute> distribute,
            List<Failover> failover,
            List<String> failoverPriority,
            Optional<Boolean> enabled) {
        /// What a mesh does of which nobody says anything: with outlier detection the nearest are first.
        public static final LocalityLb BY_DISTANCE = new LocalityLb(List.of(), List.of(), List.of(), Optional.of(true));

        public static LocalityLb of(Reader in) {
            return new LocalityLb(
                    in.objects("distribute", d -> new Distribute(d.text("from", ""), weights(d))),
                    in.objects("failover", Failover::of),
                    in.texts("failoverPriority"),
                    in.flagIfSet("enabled"));
        }

        private static Map<String, Integer> weights(Reader in) {
            Map<String, Integer> to = new java.util.LinkedHashMap<>();
            in.textMap("to").forEach((where, weight) -> to.put(where, Integer.parseInt(weight)));
            return to;
        }
    }

    public record Distribute(String from, Map<String, Integer> to) {}

    public record Failover(String from, String to) {
        static Failover of(Reader in) {
            return new Failover(in.text("from", ""), in.text("to", ""));
        }
    }

    /// Keeps requests in the caller's zone as far as there is room for its share of them.
    ///
    /// @param enabled empty: it is
    /// @param minClusterSize of endpoints below which zones do not count; empty for the proxy's default
    public record ZoneAwareLb(
            Optional<Boolean> enabled,
            List<Failover> failover,
            List<String> failoverPriority,
            OptionalLong minClusterSize) {
        public static ZoneAwareLb of(Reader in) {
            return new ZoneAwareLb(
                    in.flagIfSet("enabled"),
                    in.objects("failover", Failover::of),
                    in.texts("failoverPriority"),
                    in.longInteger("minClusterSize"));
        }
    }

    public record ConnectionPool(Optional<Tcp> tcp, Optional<Http> http) {
        public static ConnectionPool of(Reader in) {
            return new ConnectionPool(in.object("tcp", Tcp::of), in.object("http", Http::of));
        }

        public record Tcp(
                OptionalInt maxConnections,
                Optional<Duration> connectTimeout,
                Optional<Keepalive> keepalive,
                Optional<Duration> maxConnectionDuration,
                Optional<Duration> idleTimeout) {
            static Tcp of(Reader in) {
                return new Tcp(
                        in.integer("maxConnections"),
                        in.duration("connectTimeout"),
                        in.object("tcpKeepalive", Keepalive::of),
                        in.duration("maxConnectionDuration"),
                        in.duration("idleTimeout"));
            }
        }

        public record Http(
                OptionalInt http1MaxPendingRequests,
                OptionalInt http2MaxRequests,
                OptionalInt maxRequestsPerConnection,
                OptionalInt maxRetries,
                Optional<Duration> idleTimeout,
                String h2UpgradePolicy,
                boolean useClientProtocol,
                OptionalInt maxConcurrentStreams,
                Optional<Pings> http2KeepAlive) {
            static Http of(Reader in) {
                return new Http(
                        in.integer("http1MaxPendingRequests"),
                        in.integer("http2MaxRequests"),
                        in.integer("maxRequestsPerConnection"),
                        in.integer("maxRetries"),
                        in.duration("idleTimeout"),
                        in.text("h2UpgradePolicy", "DEFAULT"),
                        in.flag("useClientProtocol"),
                        in.integer("maxConcurrentStreams"),
                        in.object("http2KeepAlive", Pings::of));
            }

            /// Says nothing but how many requests there may be at a time.
            public static Http ofMostRequests(OptionalInt http2MaxRequests) {
                return new Http(
                        OptionalInt.empty(),
                        http2MaxRequests,
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Optional.empty(),
                        "DEFAULT",
                        false,
                        OptionalInt.empty(),
                        Optional.empty());
            }
        }

        /// PING frames that find out whether a connection of HTTP/2 is alive.
        ///
        /// @param interval none are sent without it
        public record Pings(Optional<Duration> interval, Optional<Duration> timeout) {
            static Pings of(Reader in) {
                return new Pings(in.duration("interval"), in.duration("timeout"));
            }
        }
    }

    public record Keepalive(OptionalInt probes, Optional<Duration> time, Optional<Duration> interval) {
        public static Keepalive of(Reader in) {
            return new Keepalive(in.integer("probes"), in.duration("time"), in.duration("interval"));
        }
    }

    public record OutlierDetection(
            Optional<Boolean> splitExternalLocalOriginErrors,
            OptionalInt consecutiveLocalOriginFailures,
            OptionalInt consecutiveGatewayErrors,
            OptionalInt consecutive5xxErrors,
            Optional<Duration> interval,
            Optional<Duration> baseEjectionTime,
            OptionalInt maxEjectionPercent,
            OptionalInt minHealthPercent) {
        public static OutlierDetection of(Reader in) {
            in.notYet("consecutiveErrors", "outlierDetectionHttpErrorCodes");
            return new OutlierDetection(
                    in.flagIfSet("splitExternalLocalOriginErrors"),
                    in.integer("consecutiveLocalOriginFailures"),
                    in.integer("consecutiveGatewayErrors"),
                    in.integer("consecutive5xxErrors"),
                    in.duration("interval"),
                    in.duration("baseEjectionTime"),
                    in.integer("maxEjectionPercent"),
                    in.integer("minHealthPercent"));
        }
    }

    public record ClientTls(
            String mode,
            String clientCertificate,
            String privateKey,
            String caCertificates,
            String credentialName,
            List<String> subjectAltNames,
            String sni,
            Optional<Boolean> insecureSkipVerify,
            String caCrl) {
        public static ClientTls of(Reader in) {
            return new ClientTls(
                    in.text("mode", "DISABLE"),
                    in.text("clientCertificate", ""),
                    in.text("privateKey", ""),
                    in.text("caCertificates", ""),
                    in.text("credentialName", ""),
                    in.texts("subjectAltNames"),
                    in.text("sni", ""),
                    in.flagIfSet("insecureSkipVerify"),
                    in.text("caCrl", ""));
        }
    }

    public record Tunnel(String protocol, String targetHost, int targetPort) {
        static Tunnel of(Reader in) {
            return new Tunnel(
                    in.text("protocol", "CONNECT"),
                    in.text("targetHost", ""),
                    in.integer("targetPort").orElse(0));
        }
    }

    public record RetryBudget(java.util.OptionalDouble percent, OptionalInt minRetryConcurrency) {
        static RetryBudget of(Reader in) {
            in.notYet("budgetInterval");
            return new RetryBudget(in.decimal("percent"), in.integer("minRetryConcurrency"));
        }
    }
}
