package dev.lateen.proxy.route;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.lateen.net.http.Headers;
import dev.lateen.net.http.HttpVersion;
import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.ProtoJson;
import dev.lateen.proxy.stream.StreamInfo;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// The route of a request among 100 hosts of ten routes each, the last of which matches.
@State(Scope.Thread)
public class RouteBenchmark {
    private final StreamInfo info = new StreamInfo();
    private final RouteTable table = new RouteTable(config());
    private final RequestHead head = new RequestHead(
            HttpVersion.HTTP_1_1,
            "GET",
            "http",
            "service-50.default.svc.cluster.local:80",
            "/api/9/users",
            new Headers());

    private static RouteConfig config() {
        StringBuilder json = new StringBuilder("{\"name\": \"80\", \"virtual_hosts\": [");
        for (int host = 0; host < 100; host++) {
            String name = "service-" + host + ".default.svc.cluster.local";
            json.append(host == 0 ? "" : ",")
                    .append("{\"name\": \"%s\", \"domains\": [\"%s\", \"%s:80\"], \"routes\": ["
                            .formatted(name, name, name));
            for (int route = 0; route < 10; route++) {
                json.append(route == 0 ? "" : ",")
                        .append("{\"match\": {\"prefix\": \"/api/%d/\"}, \"route\": {\"cluster\": \"c\"}}"
                                .formatted(route));
            }
            json.append("]}");
        }
        RouteDecoder decoder = new RouteDecoder((_, at) -> {
            throw at.unsupported();
        });
        try {
            return decoder.decode(new ProtoJson()
                            .parse(json.append("]}").toString(), RouteConfiguration.newBuilder())
                            .build())
                    .orRefuse();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    @Benchmark
    public @Nullable Object match() {
        return table.find(head, 0, info);
    }
}
