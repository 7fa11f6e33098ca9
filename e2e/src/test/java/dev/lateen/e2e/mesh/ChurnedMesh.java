package dev.lateen.e2e.mesh;

import dev.lateen.identity.Pem;
import dev.lateen.identity.SpiffeId;
import dev.lateen.identity.WorkloadKeys;
import dev.lateen.identity.ca.CertificateAuthority;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The manifests of a mesh after so many changes. Every change is of the kind that follows, and each says something
/// else than the one before of its kind: a route and its header; a cluster that takes another's place, which the route
/// leaves for it in the same moment; endpoints that come and go; a gateway's certificate; listeners with other filters
/// and one more port.
final class ChurnedMesh {
    static final List<String> KINDS = List.of("route", "cluster", "endpoints", "certificate", "listener");
    private static final int KEYS = 4;
    /// Of service `pool`: both workloads, one, both, the other.
    private static final List<String> ENDPOINTS = List.of("version: v1", "app: one", "version: v1", "app: two");

    private final List<String> keys = new ArrayList<>();
    private final String workloads;

    /// @param server who signs the gateway's certificates
    ChurnedMesh(CertificateAuthority server) {
        for (int i = 0; i < KEYS; i++) {
            keys.add(secret(server));
        }
        workloads = RunningMesh.peer("front", "", "").replace("version: v1", "version: front")
                + RunningMesh.peer("one", "", "")
                + RunningMesh.peer("two", "", "")
                + RunningMesh.gateway("front");
    }

    /// How many changes of a kind are among the first `changes`.
    static int made(String kind, int changes) {
        return (changes + KINDS.size() - 1 - KINDS.indexOf(kind)) / KINDS.size();
    }

    /// What the header `x-change` says after them.
    static String mark(int changes) {
        return "route-" + made("route", changes);
    }

    String after(int changes) {
        return workloads
                + doors()
                + traffic(made("route", changes), made("cluster", changes))
                + service("web", "version: v1", made("listener", changes))
                + service("pool", ENDPOINTS.get(made("endpoints", changes) % ENDPOINTS.size()), 0)
                + policy("default", "version: v1", made("listener", changes))
                + policy("istio-system", "istio: ingressgateway", made("listener", changes))
                + keys.get(made("certificate", changes) % KEYS);
    }

    private static String doors() {
        return """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: door, namespace: default}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: 443, name: https, protocol: HTTPS}
                    hosts: ["*"]
                    tls: {mode: SIMPLE, credentialName: door}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: pool, namespace: default}
                spec:
                  hosts: [pool.test]
                  gateways: [entry]
                  http: [{route: [{destination: {host: pool, port: {number: 80}}}]}]
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: door, namespace: default}
                spec:
                  hosts: ["*"]
                  gateways: [door]
                  http: [{route: [{destination: {host: pool, port: {number: 80}}}]}]
                ---
                """;
    }

    private static String traffic(int route, int cluster) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: web, namespace: default}
                spec:
                  hosts: [web, web.test]
                  gateways: [entry, mesh]
                  http:
                  - match: [{uri: {exact: /nobody-asks-%1$d}}]
                    route: [{destination: {host: pool}}]
                  - headers: {response: {set: {x-change: route-%1$d}}}
                    route: [{destination: {host: web, subset: s%2$d, port: {number: 80}}}]
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: web, namespace: default}
                spec:
                  host: web
                  trafficPolicy: {connectionPool: {tcp: {maxConnections: %3$d}}}
                  subsets: [{name: s%2$d, labels: {version: v1}}]
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: pool, namespace: default}
                spec:
                  host: pool
                  trafficPolicy: {connectionPool: {http: {http2MaxRequests: %3$d}}}
                ---
                """.formatted(route, cluster, 1000 + cluster);
    }

    /// @param port of a further listener, 0 for none
    private static String service(String name, String selector, int port) {
        String further = port == 0 ? "" : ", {name: http-more, port: " + (9000 + port % 7) + ", targetPort: 8080}";
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec:
                  selector: {%s}
                  ports: [{name: http, port: 80, targetPort: 8080}%s]
                ---
                """.formatted(name, selector, further);
    }

    private static String policy(String namespace, String selector, int change) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: changes, namespace: %s}
                spec:
                  selector: {matchLabels: {%s}}
                  rules: [{to: [{operation: {notPaths: [/nobody-asks-%d]}}]}]
                ---
                """.formatted(namespace, selector, change);
    }

    private static String secret(CertificateAuthority authority) {
        KeyPair keys = WorkloadKeys.EC_P256.generate();
        List<X509Certificate> chain = authority.issueServer(
                keys.getPublic(),
                List.of("server"),
                new SpiffeId("clients.test", "servers", "door"),
                Duration.ofHours(1));
        return """
                apiVersion: v1
                kind: Secret
                metadata: {name: door, namespace: istio-system}
                stringData:
                  tls.crt: |
                %s  tls.key: |
                %s""".formatted(
                        Pem.encode(chain).strip().indent(4),
                        Pem.encode(keys.getPrivate()).strip().indent(4));
    }
}
