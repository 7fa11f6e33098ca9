package dev.lateen.xds.server;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.RateLimit.Unit;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Serves `envoy.service.ratelimit.v3.RateLimitService`; what is within its limit is the limiter's decision. Callers
/// who send `x-lateen-lease-hits: N` may be granted up to N hits ahead, in the metadata field `dev.lateen.lease` of the
/// answer; `x-lateen-refused-hits` tells how many requests they have refused by themselves since.
///
/// Limits: 64 descriptors of 16 entries; keys of 1,024 characters; longer values than 256 count under their digest.
/// Thread: any.
public final class RateLimitService {
    /// Of the service, in gRPC.
    public static final String NAME = "envoy.service.ratelimit.v3.RateLimitService";
    private static final String LEASE = "dev.lateen.lease";
    private static final int MAX_DESCRIPTORS = 64;
    private static final int MAX_ENTRIES = 16;
    private static final int MAX_KEY = 1024;
    private static final int MAX_VALUE = 256;
    private static final long MAX_LEASE = 1_000_000;
    private static final Metadata.Key<String> LEASE_HITS =
            Metadata.Key.of("x-lateen-lease-hits", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> REFUSED_HITS =
            Metadata.Key.of("x-lateen-refused-hits", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Lease> WANTED = Context.key("lease");
    private static final MethodDescriptor<RateLimitRequest, RateLimitResponse> SHOULD =
            MethodDescriptor.<RateLimitRequest, RateLimitResponse>newBuilder()
                    .setType(MethodType.UNARY)
                    .setFullMethodName(NAME + "/ShouldRateLimit")
                    .setRequestMarshaller(ProtoUtils.marshaller(RateLimitRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(RateLimitResponse.getDefaultInstance()))
                    .build();

    private RateLimitService() {}

    /// Counts and decides.
    ///
    /// Thread: a virtual thread of the call; may block.
    public interface Limiter {
        Answer count(Peer peer, Question question);
    }

    /// @param lease what the caller wants ahead; null: it knows nothing of leases
    public record Question(
            String domain,
            List<Descriptor> descriptors,
            @Nullable Lease lease) {
        public Question {
            descriptors = List.copyOf(descriptors);
        }
    }

    /// @param hits wanted ahead
    /// @param refused by the caller itself since it has asked last
    public record Lease(long hits, long refused) {}

    /// @param hits how much the request counts; 0: it only asks
    /// @param overrides whether the caller names a limit of its own
    public record Descriptor(List<Entry> entries, long hits, boolean overrides) {
        public Descriptor {
            entries = List.copyOf(entries);
        }

        public Descriptor(List<Entry> entries, long hits) {
            this(entries, hits, false);
        }
    }

    public record Entry(String key, String value) {}

    /// What the caller gets.
    public sealed interface Answer {
        /// @param statuses one for each descriptor
        /// @param headers for the client
        /// @param granted null where the caller knows nothing of leases
        record Counted(
                boolean over,
                List<State> statuses,
                Map<String, String> headers,
                @Nullable Grant granted) implements Answer {}

        /// The caller has not proved who it is.
        record Unauthenticated(String reason) implements Answer {}

        /// The caller may not count there.
        record Forbidden(String reason) implements Answer {}

        /// The counters cannot be reached.
        record Unavailable(String reason) implements Answer {}
    }

    /// @param hits further ones, counted already
    /// @param millis for which the answer may be remembered
    public record Grant(long hits, long millis) {}

    /// The state of one descriptor's limit.
    ///
    /// @param name empty: there is no limit
    /// @param window nominal length
    /// @param reset until the limit lets something through again, or is as fresh
    public record State(
            boolean over,
            String name,
            long requests,
            java.time.Duration window,
            long remaining,
            java.time.Duration reset) {
        public static final State NO_LIMIT =
                new State(false, "", 0, java.time.Duration.ZERO, 0, java.time.Duration.ZERO);
    }

    /// To be added to a `GrpcListener` with TLS.
    public static ServerServiceDefinition definition(Limiter limiter) {
        return ServerInterceptors.intercept(
                ServerServiceDefinition.builder(NAME)
                        .addMethod(
                                SHOULD, ServerCalls.asyncUnaryCall((request, reply) -> answer(limiter, request, reply)))
                        .build(),
                new LeaseInterceptor());
    }

    /// Keeps what a caller says of leases where the method finds it.
    private static final class LeaseInterceptor implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            String hits = headers.get(LEASE_HITS);
            if (hits == null) {
                return next.startCall(call, headers);
            }
            Lease lease = new Lease(number(hits), number(headers.get(REFUSED_HITS)));
            return Contexts.interceptCall(Context.current().withValue(WANTED, lease), call, headers, next);
        }
    }

    private static long number(@Nullable String text) {
        try {
            return text == null ? 0 : Math.clamp(Long.parseLong(text), 0, MAX_LEASE);
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    private static void answer(Limiter limiter, RateLimitRequest request, StreamObserver<RateLimitResponse> reply) {
        String problem = problem(request);
        if (!problem.isEmpty()) {
            reply.onError(Status.INVALID_ARGUMENT.withDescription(problem).asRuntimeException());
            return;
        }
        switch (limiter.count(PeerInterceptor.current(), question(request))) {
            case Answer.Counted counted -> {
                reply.onNext(response(counted));
                reply.onCompleted();
            }
            case Answer.Unauthenticated(var reason) ->
                reply.onError(Status.UNAUTHENTICATED.withDescription(reason).asRuntimeException());
            case Answer.Forbidden(var reason) ->
                reply.onError(Status.PERMISSION_DENIED.withDescription(reason).asRuntimeException());
            case Answer.Unavailable(var reason) ->
                reply.onError(Status.UNAVAILABLE.withDescription(reason).asRuntimeException());
        }
    }

    private static String problem(RateLimitRequest request) {
        if (request.getDescriptorsCount() == 0 || request.getDescriptorsCount() > MAX_DESCRIPTORS) {
            return "descriptors: " + request.getDescriptorsCount() + " (expected: 1 to " + MAX_DESCRIPTORS + ")";
        }
        for (RateLimitDescriptor descriptor : request.getDescriptorsList()) {
            if (descriptor.getEntriesCount() > MAX_ENTRIES) {
                return "entries: " + descriptor.getEntriesCount() + " (expected: at most " + MAX_ENTRIES + ")";
            }
            for (var entry : descriptor.getEntriesList()) {
                if (entry.getKey().length() > MAX_KEY) {
                    return "a key is longer than " + MAX_KEY + " characters";
                }
            }
        }
        return "";
    }

    static Question question(RateLimitRequest request) {
        long addend = Math.max(1, Integer.toUnsignedLong(request.getHitsAddend()));
        List<Descriptor> descriptors = new ArrayList<>(request.getDescriptorsCount());
        for (RateLimitDescriptor descriptor : request.getDescriptorsList()) {
            List<Entry> entries = new ArrayList<>(descriptor.getEntriesCount());
            descriptor
                    .getEntriesList()
                    .forEach(each -> entries.add(new Entry(each.getKey(), bounded(each.getValue()))));
            long hits = descriptor.hasHitsAddend()
                    ? Math.clamp(descriptor.getHitsAddend().getValue(), 0, MAX_LEASE)
                    : Math.min(addend, MAX_LEASE);
            descriptors.add(new Descriptor(entries, hits, descriptor.hasLimit()));
        }
        return new Question(request.getDomain(), descriptors, WANTED.get());
    }

    /// A value comes from a client of the mesh. To refuse a long one would let its request pass where the loss of the
    /// service is forgiven; so it counts under its digest.
    private static String bounded(String value) {
        return value.length() <= MAX_VALUE ? value : "sha256:" + HexFormat.of().formatHex(digest(value));
    }

    private static byte[] digest(String value) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static RateLimitResponse response(Answer.Counted counted) {
        RateLimitResponse.Builder response =
                RateLimitResponse.newBuilder().setOverallCode(counted.over() ? Code.OVER_LIMIT : Code.OK);
        counted.statuses().forEach(state -> response.addStatuses(status(state)));
        counted.headers()
                .forEach((name, value) -> response.addResponseHeadersToAdd(
                        HeaderValue.newBuilder().setKey(name).setValue(value)));
        Grant grant = counted.granted();
        if (grant != null) {
            response.getDynamicMetadataBuilder()
                    .putFields(
                            LEASE,
                            Value.newBuilder()
                                    .setStructValue(Struct.newBuilder()
                                            .putFields("hits", number(grant.hits()))
                                            .putFields("ttl_ms", number(grant.millis())))
                                    .build());
        }
        return response.build();
    }

    private static Value number(long number) {
        return Value.newBuilder().setNumberValue((double) number).build();
    }

    private static DescriptorStatus status(State state) {
        DescriptorStatus.Builder status =
                DescriptorStatus.newBuilder().setCode(state.over() ? Code.OVER_LIMIT : Code.OK);
        if (!state.name().isEmpty()) {
            status.setCurrentLimit(RateLimitResponse.RateLimit.newBuilder()
                            .setName(state.name())
                            .setRequestsPerUnit((int) Math.min(state.requests(), Integer.MAX_VALUE))
                            .setUnit(unit(state.window().toSeconds())))
                    .setLimitRemaining((int) Math.min(state.remaining(), Integer.MAX_VALUE))
                    .setDurationUntilReset(Duration.newBuilder()
                            .setSeconds(state.reset().toSeconds())
                            .setNanos(state.reset().toNanosPart()));
        }
        return status.build();
    }

    private static Unit unit(long seconds) {
        return switch (seconds == (int) seconds ? (int) seconds : 0) {
            case 1 -> Unit.SECOND;
            case 60 -> Unit.MINUTE;
            case 3600 -> Unit.HOUR;
            case 86_400 -> Unit.DAY;
            case 7 * 86_400 -> Unit.WEEK;
            case 30 * 86_400 -> Unit.MONTH;
            case 365 * 86_400 -> Unit.YEAR;
            default -> Unit.UNKNOWN;
        };
    }
}
