package dev.lateen.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import java.io.ByteArrayInputStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BareTypesTest {
    private static final String FOLDER = "dev/lateen/proxy/config/";

    private final Map<String, byte[]> files = BareTypesPack.files();
    private final BareTypes types = new BareTypes(
            name -> files.containsKey(FOLDER + name) ? new ByteArrayInputStream(files.get(FOLDER + name)) : null);

    @Test
    void describesMessagesAsTheirGeneratedDescriptorsDo() {
        assertThat(shape(types.of(Cluster.getDefaultInstance()).orElseThrow()))
                .isEqualTo(shape(Cluster.getDescriptor()))
                .hasSizeGreaterThan(40);
        assertThat(shape(types.of(Node.getDefaultInstance()).orElseThrow())).isEqualTo(shape(Node.getDescriptor()));
        assertThat(shape(types.of(Duration.getDefaultInstance()).orElseThrow()))
                .isEqualTo(shape(Duration.getDescriptor()));
    }

    @Test
    void findsMessagesInsideOfMessages() {
        assertThat(types.of(Cluster.RingHashLbConfig.getDefaultInstance())
                        .orElseThrow()
                        .getFullName())
                .isEqualTo("envoy.config.cluster.v3.Cluster.RingHashLbConfig");
    }

    @Test
    void knowsNothingOfFilesThatWereNotPacked() {
        assertThat(types.of(DiscoveryRequest.getDefaultInstance())).isEmpty();
    }

    @Test
    void bringsWhatAPackageImports() {
        Map<String, Descriptor> messages = types.messages(Set.of("envoy.config.bootstrap.v3"));
        assertThat(messages)
                .containsKeys(
                        "envoy.config.bootstrap.v3.Bootstrap",
                        "envoy.config.cluster.v3.Cluster",
                        "envoy.type.v3.Percent",
                        "google.protobuf.Any");
    }

    @Test
    void leavesOutOptions() {
        assertThat(types.of(Cluster.getDefaultInstance()).orElseThrow().getFields())
                .allMatch(field -> field.toProto().getOptions().getSerializedSize() == 0);
    }

    @Test
    void readsMapsAndMessagesOfTheJdkFromTheirJson() throws InvalidProtocolBufferException {
        String json = """
                {"name": "a", "connect_timeout": "1.5s", "metadata": {"filter_metadata": {"x": {"y": [1, true]}}},
                 "typed_extension_protocol_options": {"z": {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "2s"}}}""";
        Cluster.Builder bare = Cluster.newBuilder();
        ProtoJson.parse(json, "envoy.config.cluster.v3.Cluster", bare, types);

        assertThat(bare.build())
                .isEqualTo(new ProtoJson().parse(json, Cluster.newBuilder()).build());
        assertThat(bare.getTypedExtensionProtocolOptionsMap())
                .containsEntry("z", Any.pack(Duration.newBuilder().setSeconds(2).build()));
    }

    private static Set<String> shape(Descriptor message) {
        Set<String> shape = new TreeSet<>();
        for (FieldDescriptor field : message.getFields()) {
            shape.add(field.getNumber() + " " + field.getName() + " " + field.getJsonName() + " " + field.getType()
                    + " "
                    + field.isRepeated() + " " + field.isMapField() + " " + field.isPacked() + " " + field.hasPresence()
                    + " "
                    + (field.getContainingOneof() == null
                            ? ""
                            : field.getContainingOneof().getName()));
        }
        return shape;
    }
}
