package dev.lateen.bench.jmh;

import dev.lateen.model.resource.ParsedResource;
import dev.lateen.model.validate.ResourceReader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// A VirtualService from text to a validated resource.
@State(Scope.Thread)
public class YamlBenchmark {
    private static final String TEXT = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: reviews
              namespace: default
            spec:
              hosts: [reviews.default.svc.cluster.local]
              http:
              - name: canary
                match:
                - headers:
                    end-user: {exact: jason}
                  uri: {prefix: /api}
                route:
                - destination: {host: reviews, subset: v2}
                timeout: 2s
                retries: {attempts: 3, perTryTimeout: 500ms, retryOn: "5xx,reset"}
              - route:
                - destination: {host: reviews, subset: v1}
                  weight: 90
                - destination: {host: reviews, subset: v3}
                  weight: 10
            """;

    private final ResourceReader reader = ResourceReader.create();

    @Benchmark
    public ParsedResource readAndValidate() {
        ParsedResource read = reader.read(TEXT, "reviews.yaml").getFirst();
        if (!(read instanceof ParsedResource.Valid)) {
            throw new IllegalStateException("it is refused: " + read);
        }
        return read;
    }
}
