package dev.lateen.cli.demo;

/// The manifests that the checks save, one after the other, in the place of the shop's routing. Thread: any.
final class Manifest {
    /// The seed policy of the shop.
    static final String SEED_POLICY = """
                connectionPool:
                  tcp:
                    maxConnections: 100
                  http:
                    http1MaxPendingRequests: 50
                    http2MaxRequests: 100
                loadBalancer:
                  simple: LEAST_REQUEST
                outlierDetection:
                  consecutive5xxErrors: 5
                  interval: 30s
                  baseEjectionTime: 30s
                  maxEjectionPercent: 50
            """;

    /// One connection, one waiting request: the rest overflows.
    static final String NARROW = """
                connectionPool:
                  tcp:
                    maxConnections: 1
                  http:
                    http1MaxPendingRequests: 1
                    maxRequestsPerConnection: 2
            """;

    /// A replica that fails three times in a row leaves for some seconds.
    static final String QUICK_EJECTION = """
                loadBalancer:
                  simple: ROUND_ROBIN
                outlierDetection:
                  consecutive5xxErrors: 3
                  consecutiveGatewayErrors: 3
                  interval: 1s
                  baseEjectionTime: 4s
                  maxEjectionPercent: 50
            """;

    static final String AUTHORIZATION = """
            apiVersion: security.istio.io/v1beta1
            kind: AuthorizationPolicy
            metadata:
              name: user-service-policy
              namespace: default
            spec:
              selector:
                matchLabels:
                  app: user-service
              action: ALLOW
              rules:
              - from:
                - source:
                    principals: ["cluster.local/ns/default/sa/order-service"]
                to:
                - operation:
                    methods: ["GET", "POST"]
                    paths: ["/api/users/*"]
            """;

    static final String PERMISSIVE = """
            apiVersion: security.istio.io/v1beta1
            kind: PeerAuthentication
            metadata:
              name: user-service-mtls
              namespace: default
            spec:
              selector:
                matchLabels:
                  app: user-service
              mtls:
                mode: PERMISSIVE
            """;

    /// The answer's header by which the checks see which routes are in force.
    static final String MARK = "x-routing";

    private Manifest() {}

    /// The same routes, whose answers carry a mark.
    static String marked(String virtualService, String mark) {
        StringBuilder marked = new StringBuilder();
        virtualService.lines().forEach(line -> {
            int key = line.indexOf("route:");
            if (key < 0) {
                marked.append(line).append('\n');
            } else {
                marked.append("""
                        %1$sheaders:
                        %2$s  response:
                        %2$s    set:
                        %2$s      %3$s: "%4$s"
                        %2$sroute:
                        """.formatted(line.substring(0, key), " ".repeat(key), MARK, mark));
            }
        });
        return marked.toString();
    }

    static String split(String header, String value, int v1, int v2) {
        return """
                apiVersion: networking.istio.io/v1beta1
                kind: VirtualService
                metadata:
                  name: user-service
                spec:
                  hosts:
                  - user-service
                  http:
                  - match:
                    - headers:
                        %s:
                          exact: "%s"
                    route:
                    - destination:
                        host: user-service
                        subset: v2
                  - route:
                    - destination:
                        host: user-service
                        subset: v1
                      weight: %d
                    - destination:
                        host: user-service
                        subset: v2
                      weight: %d
                """.formatted(header, value, v1, v2);
    }

    static String timeout(String timeout) {
        return """
                apiVersion: networking.istio.io/v1beta1
                kind: VirtualService
                metadata:
                  name: user-service
                spec:
                  hosts:
                  - user-service
                  http:
                  - route:
                    - destination:
                        host: user-service
                    timeout: %s
                    retries:
                      attempts: 0
                """.formatted(timeout);
    }

    static String timeoutAndRetries(String timeout, String perTryTimeout, int attempts) {
        return """
                apiVersion: networking.istio.io/v1beta1
                kind: VirtualService
                metadata:
                  name: user-service
                spec:
                  hosts:
                  - user-service
                  http:
                  - route:
                    - destination:
                        host: user-service
                    timeout: %s
                    retries:
                      attempts: %d
                      perTryTimeout: %s
                      retryOn: 5xx,reset,connect-failure
                """.formatted(timeout, attempts, perTryTimeout);
    }

    /// No retries, so that each answer of a replica is seen.
    static String plainRoute() {
        return """
                apiVersion: networking.istio.io/v1beta1
                kind: VirtualService
                metadata:
                  name: user-service
                spec:
                  hosts:
                  - user-service
                  http:
                  - route:
                    - destination:
                        host: user-service
                    retries:
                      attempts: 0
                """;
    }

    static String destinationRule(String trafficPolicy) {
        return """
                apiVersion: networking.istio.io/v1beta1
                kind: DestinationRule
                metadata:
                  name: user-service
                spec:
                  host: user-service
                  trafficPolicy:
                """ + trafficPolicy.indent(0) + """
                  subsets:
                  - name: v1
                    labels:
                      version: v1
                  - name: v2
                    labels:
                      version: v2
                """;
    }
}
