package dev.lateen.e2e.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.dns.LiveNames;
import dev.lateen.proxy.tls.Secrets;
import dev.lateen.proxy.xds.ResourceDecoders;
import dev.lateen.translate.Translator;
import dev.lateen.xds.EncodedResource;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.XdsResources;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Our proxy takes every resource that our control plane makes for it, but for what it is known not to have yet.
class DecodersAcceptTest {
    private static final List<ResourceType> TYPES =
            List.of(ResourceType.CLUSTER, ResourceType.ENDPOINT, ResourceType.LISTENER, ResourceType.ROUTE);

    /// What our proxy does not have yet. Each refusal names one of these; what is built leaves the list.
    private static final List<String> KNOWN = List.of("tunneling_config.use_post");

    static Stream<Arguments> proxies() {
        return Mesh.all().stream().flatMap(mesh -> Stream.of(Seat.values()).map(seat -> Arguments.of(mesh, seat)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("proxies")
    void ourProxyTakesEveryResource(Mesh mesh, Seat seat) {
        XdsResources resources = new Translator().translate(mesh.snapshot(), seat.node("LATEEN_PROXY"));
        ResourceDecoders decoders = new ResourceDecoders(new Secrets(), LiveNames.unused());
        List<String> refused = new ArrayList<>();
        for (ResourceType type : TYPES) {
            for (EncodedResource resource : resources.ofType(type).values()) {
                if (decode(decoders, type, resource.any()) instanceof Decoded.Rejected<?>(String reason)
                        && KNOWN.stream().noneMatch(reason::contains)) {
                    refused.add(reason);
                }
            }
        }
        assertThat(refused).isEmpty();
    }

    private static Decoded<?> decode(ResourceDecoders decoders, ResourceType type, Any any) {
        return switch (type) {
            case CLUSTER -> decoders.cluster(any);
            case ENDPOINT -> decoders.endpoints(any);
            case LISTENER -> decoders.listener(any);
            case ROUTE -> decoders.routes(any);
            case SECRET, EXTENSION_CONFIG, NAME_TABLE -> throw new AssertionError(type);
        };
    }
}
