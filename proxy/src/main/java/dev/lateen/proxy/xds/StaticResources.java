package dev.lateen.proxy.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.tls.Secret;
import dev.lateen.proxy.tls.TlsDecoder;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.client.ResourceUpdate;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// The bootstrap's own resources, which take the same way as discovered ones.
///
/// Thread: chores loop.
public final class StaticResources {
    private StaticResources() {}

    /// @return why some were refused; one such ends the start
    public static List<String> load(Bootstrap.StaticResources resources, SnapshotAssembler assembler) {
        List<String> reasons = new ArrayList<>();
        for (var secret : resources.getSecretsList()) {
            switch (TlsDecoder.secret(secret)) {
                case Decoded.Ok<Secret>(Secret value) -> assembler.putStatic(secret.getName(), value);
                case Decoded.Rejected<Secret>(String reason) -> reasons.add(reason);
            }
        }
        reasons.addAll(put(assembler, ResourceType.CLUSTER, resources.getClustersList(), one -> one.getName()));
        reasons.addAll(put(assembler, ResourceType.LISTENER, resources.getListenersList(), one -> one.getName()));
        return reasons;
    }

    private static <M extends Message> Collection<String> put(
            SnapshotAssembler assembler, ResourceType type, List<M> messages, Function<M, String> name) {
        List<ResourceUpdate.Received> received = messages.stream()
                .map(message -> new ResourceUpdate.Received(name.apply(message), "", packed(type, message)))
                .toList();
        return assembler
                .updateStatic(new ResourceUpdate(type, "", received, Set.of()))
                .values();
    }

    /// `Any.pack` would ask the message's class for its name, hence for all descriptors.
    private static Any packed(ResourceType type, Message message) {
        return Any.newBuilder()
                .setTypeUrl(type.typeUrl())
                .setValue(message.toByteString())
                .build();
    }
}
