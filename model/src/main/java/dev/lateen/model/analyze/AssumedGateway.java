package dev.lateen.model.analyze;

import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.resource.ParserSettings;
import dev.lateen.model.resource.RawResource;
import dev.lateen.model.resource.ResourceParser;
import java.util.Collection;
import java.util.List;

/// The ingress gateway of a default installation. Files for a mesh refer to it, and do not bring it. Thread: any.
final class AssumedGateway {
    static final String FILE = "<default installation>";

    private AssumedGateway() {}

    /// Its Service and a pod; nothing where the resources bring a gateway of that name, or none is assumed.
    static List<RawResource> beside(Collection<RawResource> resources, AnalysisSettings settings) {
        boolean there = resources.stream()
                .anyMatch(resource -> resource.key().kind().equals("Service")
                        && resource.key().name().equals("istio-ingressgateway"));
        if (!settings.assumesGateway() || there) {
            return List.of();
        }
        String text = """
                apiVersion: v1
                kind: Service
                metadata: {name: istio-ingressgateway, namespace: %1$s}
                spec:
                  selector: {app: istio-ingressgateway, istio: ingressgateway}
                  ports:
                  - {name: status-port, port: 15021, protocol: TCP}
                  - {name: http2, port: 80, protocol: TCP}
                  - {name: https, port: 443, protocol: TCP}
                  - {name: tcp, port: 31400, protocol: TCP}
                  - {name: tls, port: 15443, protocol: TCP}
                ---
                apiVersion: v1
                kind: Pod
                metadata:
                  name: istio-ingressgateway
                  namespace: %1$s
                  labels: {app: istio-ingressgateway, istio: ingressgateway}
                spec: {containers: [{name: istio-proxy, image: auto-injected}]}
                """.formatted(settings.systemNamespace());
        return new ResourceParser(ParserSettings.DEFAULT)
                .parse(text, FILE).stream()
                        .filter(ParsedResource.Valid.class::isInstance)
                        .map(parsed -> ((ParsedResource.Valid) parsed).resource())
                        .toList();
    }
}
