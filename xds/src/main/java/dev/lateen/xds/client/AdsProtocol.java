package dev.lateen.xds.client;

import com.google.protobuf.Any;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.lateen.xds.HealthInformation;
import dev.lateen.xds.ResourceType;
import dev.lateen.xds.client.ResourceUpdate.Received;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The messages of the two variants, both ways.
///
/// Thread: any.
interface AdsProtocol {
    String path();

    /// A request that is no answer: the first of a type on a stream, or a changed subscription.
    ///
    /// @param change empty for the first request
    byte[] request(Wanted wanted, Optional<Wanted.Change> change, Optional<Node> node);

    /// The answer to the last response.
    byte[] answer(Wanted wanted, String nonce, Optional<String> rejection);

    /// How the application is; a request of no resource.
    byte[] health(Optional<String> unwell, Optional<Node> node);

    Response read(byte[] message) throws InvalidProtocolBufferException;

    /// @param removed in delta only
    /// @param whole whether what is missing is thereby removed
    record Response(
            String typeUrl,
            String version,
            String nonce,
            List<Received> resources,
            Set<String> removed,
            boolean whole) {}

    static AdsProtocol of(boolean delta) {
        return delta ? new Delta() : new StateOfTheWorld();
    }

    /// Incremental.
    final class Delta implements AdsProtocol {
        @Override
        public String path() {
            return "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";
        }

        @Override
        public byte[] request(Wanted wanted, Optional<Wanted.Change> change, Optional<Node> node) {
            DeltaDiscoveryRequest.Builder request =
                    DeltaDiscoveryRequest.newBuilder().setTypeUrl(wanted.type().typeUrl());
            node.ifPresent(request::setNode);
            if (change.isPresent()) {
                request.addAllResourceNamesSubscribe(change.get().added());
                request.addAllResourceNamesUnsubscribe(change.get().dropped());
            } else {
                request.addAllResourceNamesSubscribe(wanted.subscription());
                request.putAllInitialResourceVersions(wanted.versions());
            }
            return request.build().toByteArray();
        }

        @Override
        public byte[] answer(Wanted wanted, String nonce, Optional<String> rejection) {
            DeltaDiscoveryRequest.Builder request = DeltaDiscoveryRequest.newBuilder()
                    .setTypeUrl(wanted.type().typeUrl())
                    .setResponseNonce(nonce);
            rejection.ifPresent(reason -> request.setErrorDetail(error(Code.INVALID_ARGUMENT_VALUE, reason)));
            return request.build().toByteArray();
        }

        @Override
        public byte[] health(Optional<String> unwell, Optional<Node> node) {
            DeltaDiscoveryRequest.Builder request =
                    DeltaDiscoveryRequest.newBuilder().setTypeUrl(HealthInformation.TYPE_URL);
            node.ifPresent(request::setNode);
            unwell.ifPresent(reason -> request.setErrorDetail(error(Code.INTERNAL_VALUE, reason)));
            return request.build().toByteArray();
        }

        @Override
        public Response read(byte[] message) throws InvalidProtocolBufferException {
            DeltaDiscoveryResponse response = DeltaDiscoveryResponse.parseFrom(message);
            List<Received> resources = new ArrayList<>(response.getResourcesCount());
            for (Resource resource : response.getResourcesList()) {
                resources.add(new Received(resource.getName(), resource.getVersion(), resource.getResource()));
            }
            return new Response(
                    response.getTypeUrl(),
                    response.getSystemVersionInfo(),
                    response.getNonce(),
                    resources,
                    new HashSet<>(response.getRemovedResourcesList()),
                    false);
        }
    }

    /// The whole state with each response (listeners, clusters), or what changed of it (the others).
    final class StateOfTheWorld implements AdsProtocol {
        @Override
        public String path() {
            return "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
        }

        @Override
        public byte[] request(Wanted wanted, Optional<Wanted.Change> change, Optional<Node> node) {
            DiscoveryRequest.Builder request = base(wanted, wanted.nonce());
            node.ifPresent(request::setNode);
            return request.build().toByteArray();
        }

        @Override
        public byte[] answer(Wanted wanted, String nonce, Optional<String> rejection) {
            DiscoveryRequest.Builder request = base(wanted, nonce);
            rejection.ifPresent(reason -> request.setErrorDetail(error(Code.INVALID_ARGUMENT_VALUE, reason)));
            return request.build().toByteArray();
        }

        @Override
        public byte[] health(Optional<String> unwell, Optional<Node> node) {
            DiscoveryRequest.Builder request = DiscoveryRequest.newBuilder().setTypeUrl(HealthInformation.TYPE_URL);
            node.ifPresent(request::setNode);
            unwell.ifPresent(reason -> request.setErrorDetail(error(Code.INTERNAL_VALUE, reason)));
            return request.build().toByteArray();
        }

        @Override
        public Response read(byte[] message) throws InvalidProtocolBufferException {
            DiscoveryResponse response = DiscoveryResponse.parseFrom(message);
            List<Received> resources = new ArrayList<>(response.getResourcesCount());
            for (Any resource : response.getResourcesList()) {
                resources.add(new Received(nameOf(resource), response.getVersionInfo(), resource));
            }
            boolean whole = ResourceType.ofUrl(response.getTypeUrl())
                    .filter(type -> type == ResourceType.CLUSTER || type == ResourceType.LISTENER)
                    .isPresent();
            return new Response(
                    response.getTypeUrl(), response.getVersionInfo(), response.getNonce(), resources, Set.of(), whole);
        }

        private static DiscoveryRequest.Builder base(Wanted wanted, String nonce) {
            return DiscoveryRequest.newBuilder()
                    .setTypeUrl(wanted.type().typeUrl())
                    .addAllResourceNames(wanted.subscription())
                    .setVersionInfo(wanted.version())
                    .setResponseNonce(nonce);
        }

        /// Every resource type has its name in field 1 (a text), but the name table, of which there is one.
        private static String nameOf(Any resource) throws InvalidProtocolBufferException {
            try {
                CodedInputStream in = resource.getValue().newCodedInput();
                for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                    boolean name = WireFormat.getTagFieldNumber(tag) == 1
                            && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
                    if (name) {
                        return resource.getTypeUrl().equals(ResourceType.NAME_TABLE.typeUrl())
                                ? ""
                                : in.readStringRequireUtf8();
                    }
                    in.skipField(tag);
                }
                return "";
            } catch (InvalidProtocolBufferException e) {
                throw e;
            } catch (IOException e) {
                throw new InvalidProtocolBufferException(e);
            }
        }
    }

    private static Status error(int code, String reason) {
        return Status.newBuilder().setCode(code).setMessage(reason).build();
    }
}
