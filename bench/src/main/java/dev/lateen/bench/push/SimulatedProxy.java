package dev.lateen.bench.push;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.lateen.xds.ResourceType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A sidecar as the control plane sees one: it subscribes over delta ADS as Envoy does (all clusters and listeners,
/// then the endpoints and routes that those name), and acknowledges everything.
///
/// Thread: gRPC's, one call at a time.
final class SimulatedProxy implements StreamObserver<DeltaDiscoveryResponse> {
    private static final MethodDescriptor<DeltaDiscoveryRequest, DeltaDiscoveryResponse> METHOD =
            MethodDescriptor.<DeltaDiscoveryRequest, DeltaDiscoveryResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName("envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources")
                    .setRequestMarshaller(ProtoUtils.marshaller(DeltaDiscoveryRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(DeltaDiscoveryResponse.getDefaultInstance()))
                    .build();

    private final Map<ResourceType, Set<String>> subscribed = new EnumMap<>(ResourceType.class);
    private final AtomicLong responses;
    private final AtomicLong bytes;
    private @Nullable StreamObserver<DeltaDiscoveryRequest> requests;
    private @Nullable ManagedChannel channel;
    private final Set<ResourceType> received = ConcurrentHashMap.newKeySet();
    private volatile boolean leaving;

    /// @param responses counts what arrives at all simulated proxies
    SimulatedProxy(AtomicLong responses, AtomicLong bytes) {
        this.responses = responses;
        this.bytes = bytes;
    }

    void connect(ManagedChannel to, int number) {
        channel = to;
        requests = ClientCalls.asyncBidiStreamingCall(to.newCall(METHOD, CallOptions.DEFAULT), this);
        String address = "10.240." + number / 250 + "." + (number % 250 + 1);
        Node node = Node.newBuilder()
                .setId("sidecar~" + address + "~client-" + number + ".default~default.svc.cluster.local")
                .setMetadata(Struct.newBuilder()
                        .putFields("NAMESPACE", text("default"))
                        .putFields("LATEEN_PROXY", text("true"))
                        .putFields("CLUSTER_ID", text("Kubernetes")))
                .build();
        send(DeltaDiscoveryRequest.newBuilder().setNode(node).setTypeUrl(ResourceType.CLUSTER.typeUrl()));
        send(DeltaDiscoveryRequest.newBuilder().setTypeUrl(ResourceType.LISTENER.typeUrl()));
    }

    /// Whether it has a first answer for everything that a sidecar asks for.
    boolean isConfigured() {
        return received.containsAll(
                Set.of(ResourceType.CLUSTER, ResourceType.ENDPOINT, ResourceType.LISTENER, ResourceType.ROUTE));
    }

    void disconnect() {
        leaving = true;
        StreamObserver<DeltaDiscoveryRequest> stream = requests;
        if (stream != null) {
            stream.onCompleted();
        }
        ManagedChannel used = channel;
        if (used != null) {
            used.shutdown();
        }
    }

    @Override
    public void onNext(DeltaDiscoveryResponse response) {
        if (leaving) {
            return;
        }
        responses.incrementAndGet();
        bytes.addAndGet(response.getSerializedSize());
        send(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce()));
        ResourceType type = ResourceType.ofUrl(response.getTypeUrl()).orElseThrow();
        received.add(type);
        switch (type) {
            case CLUSTER -> subscribe(ResourceType.ENDPOINT, endpointNames(response.getResourcesList()));
            case LISTENER -> subscribe(ResourceType.ROUTE, routeNames(response.getResourcesList()));
            case ENDPOINT, ROUTE, SECRET, EXTENSION_CONFIG, NAME_TABLE -> {}
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (!leaving) {
            System.err.println("a simulated proxy lost its stream: " + failure);
        }
    }

    @Override
    public void onCompleted() {
        // The control plane ended the stream; the count of responses will show it.
    }

    private void subscribe(ResourceType type, List<String> names) {
        Set<String> known = subscribed.computeIfAbsent(type, _ -> new HashSet<>());
        List<String> fresh = names.stream().filter(known::add).toList();
        if (!fresh.isEmpty()) {
            send(DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl()).addAllResourceNamesSubscribe(fresh));
        }
    }

    private static List<String> endpointNames(List<Resource> clusters) {
        List<String> names = new ArrayList<>();
        for (Resource resource : clusters) {
            try {
                Cluster cluster = resource.getResource().unpack(Cluster.class);
                if (cluster.getType() == Cluster.DiscoveryType.EDS) {
                    String service = cluster.getEdsClusterConfig().getServiceName();
                    names.add(service.isEmpty() ? cluster.getName() : service);
                }
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(resource.getName(), e);
            }
        }
        return names;
    }

    private static List<String> routeNames(List<Resource> listeners) {
        List<String> names = new ArrayList<>();
        for (Resource resource : listeners) {
            try {
                Listener listener = resource.getResource().unpack(Listener.class);
                for (FilterChain chain : listener.getFilterChainsList()) {
                    addRouteNames(chain, names);
                }
                addRouteNames(listener.getDefaultFilterChain(), names);
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(resource.getName(), e);
            }
        }
        return names;
    }

    private static void addRouteNames(FilterChain chain, List<String> names) throws InvalidProtocolBufferException {
        for (Filter filter : chain.getFiltersList()) {
            if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
                HttpConnectionManager manager = filter.getTypedConfig().unpack(HttpConnectionManager.class);
                if (manager.hasRds()) {
                    names.add(manager.getRds().getRouteConfigName());
                }
            }
        }
    }

    private void send(DeltaDiscoveryRequest.Builder request) {
        StreamObserver<DeltaDiscoveryRequest> stream = requests;
        if (stream != null) {
            synchronized (this) {
                stream.onNext(request.build());
            }
        }
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }
}
