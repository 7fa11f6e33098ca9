package dev.lateen.e2e.behaviour;

import java.util.List;

/// Resources that tests of fields have in common, each with `---` before it but the entry.
final class ServiceYaml {
    private static final String ENTRY = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: entry, namespace: default}
            spec:
              selector: {istio: ingressgateway}
              servers: [{port: {number: %d, name: http, protocol: HTTP}, hosts: ["*"]}]
            """;
    private static final String TCP = """
            ---
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: %1$s, namespace: default}
            spec:
              selector: {istio: ingressgateway}
              servers: [{port: {number: %2$d, name: tcp-%1$s, protocol: TCP}, hosts: ["*"]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: %1$s, namespace: default}
            spec:
              hosts: ["*"]
              gateways: [%1$s]
              tcp: [{match: [{port: %2$d}], route: [{destination: {host: %1$s.svc.test, port: {number: 80}}}]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: %1$s, namespace: default}
            spec:
              hosts: [%1$s.svc.test]
              location: MESH_EXTERNAL
              resolution: STATIC
              ports: [{number: 80, name: tcp, protocol: TCP}]
              endpoints: [%3$s]
            """;
    private static final String RULE = """
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: %1$s, namespace: default}
            spec: {host: %1$s.svc.test, trafficPolicy: {%2$s}}
            """;

    private ServiceYaml() {}

    /// The Gateway `entry`, which takes HTTP for every host at a port.
    static String entry(int port) {
        return ENTRY.formatted(port);
    }

    /// A service of TCP, which connections to a port of the gateway lead to.
    static String tcp(String name, int port, List<Integer> servers) {
        List<String> endpoints = servers.stream()
                .map(server -> "{address: 127.0.0.1, ports: {tcp: %d}}".formatted(server))
                .toList();
        return TCP.formatted(name, port, String.join(", ", endpoints));
    }

    /// The DestinationRule of `NAME.svc.test`.
    static String rule(String name, String policy) {
        return RULE.formatted(name, policy);
    }
}
