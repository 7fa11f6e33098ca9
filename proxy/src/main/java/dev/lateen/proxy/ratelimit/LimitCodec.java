package dev.lateen.proxy.ratelimit;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt64Value;
import dev.lateen.net.http.Headers;
import dev.lateen.proxy.cluster.GrpcMessages;
import dev.lateen.proxy.config.Metadata;
import dev.lateen.proxy.ratelimit.LimitAnswer.Lease;
import dev.lateen.proxy.ratelimit.LimitAnswer.Status;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The question and the answer of a rate limit service, as one frame each.
///
/// Source: envoy.service.ratelimit.v3.RateLimitService. Thread: any.
final class LimitCodec {
    static final String PATH = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";
    private static final String LEASE = "dev.lateen.lease";
    private static final long MAX_LEASE_HITS = 1_000_000;
    private static final long MAX_LEASE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private LimitCodec() {}

    static byte[] encode(String domain, List<Descriptor> descriptors) {
        RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain(domain);
        for (Descriptor descriptor : descriptors) {
            RateLimitDescriptor.Builder built = RateLimitDescriptor.newBuilder();
            for (Descriptor.Entry entry : descriptor.entries()) {
                built.addEntries(RateLimitDescriptor.Entry.newBuilder()
                        .setKey(entry.key())
                        .setValue(entry.value()));
            }
            if (descriptor.hits() >= 0) {
                built.setHitsAddend(UInt64Value.of(descriptor.hits()));
            }
            Descriptor.Replacement override = descriptor.override();
            if (override != null) {
                built.setLimit(RateLimitDescriptor.RateLimitOverride.newBuilder()
                        .setRequestsPerUnit(override.requests())
                        .setUnitValue(override.unit()));
            }
            request.addDescriptors(built);
        }
        return GrpcMessages.frame(request.build().toByteArray());
    }

    /// @param body one frame
    static LimitAnswer decode(int status, Headers headers, byte[] body) {
        Optional<ByteBuffer> message = GrpcMessages.message(status, headers, body);
        if (message.isEmpty()) {
            return new LimitAnswer.Failed(false);
        }
        try {
            return answer(RateLimitResponse.parseFrom(message.get()));
        } catch (InvalidProtocolBufferException _) {
            return new LimitAnswer.Failed(false);
        }
    }

    private static LimitAnswer answer(RateLimitResponse response) {
        List<Status> statuses = new ArrayList<>(response.getStatusesCount());
        for (var status : response.getStatusesList()) {
            var limit = status.getCurrentLimit();
            statuses.add(new Status(
                    status.getCode() == RateLimitResponse.Code.OVER_LIMIT,
                    status.hasCurrentLimit(),
                    Integer.toUnsignedLong(limit.getRequestsPerUnit()),
                    seconds(limit.getUnit()),
                    limit.getName(),
                    Integer.toUnsignedLong(status.getLimitRemaining()),
                    Math.max(0, status.getDurationUntilReset().getSeconds()),
                    Math.clamp(status.getDurationUntilReset().getNanos(), 0, 999_999_999)));
        }
        boolean over = switch (response.getOverallCode()) {
            case OVER_LIMIT -> true;
            case OK -> false;
            // Envoy takes only the second for a refusal.
            case UNKNOWN, UNRECOGNIZED -> false;
        };
        Map<String, Object> metadata = new LinkedHashMap<>(Metadata.tree(response.getDynamicMetadata()));
        metadata.remove(LEASE);
        return new LimitAnswer.Counted(
                over,
                List.copyOf(statuses),
                headers(response.getRequestHeadersToAddList()),
                headers(response.getResponseHeadersToAddList()),
                response.getRawBody(),
                Map.copyOf(metadata),
                lease(response.getDynamicMetadata()));
    }

    private static Lease lease(Struct metadata) {
        if (!metadata.containsFields(LEASE)) {
            return Lease.NONE;
        }
        Struct lease = metadata.getFieldsOrThrow(LEASE).getStructValue();
        double hits = number(lease, "hits");
        double millis = number(lease, "ttl_ms");
        return hits >= 0 && millis > 0
                ? new Lease(Math.min((long) hits, MAX_LEASE_HITS), Math.min((long) (millis * 1e6), MAX_LEASE_NANOS))
                : Lease.NONE;
    }

    private static double number(Struct struct, String name) {
        return struct.containsFields(name) ? struct.getFieldsOrThrow(name).getNumberValue() : 0;
    }

    private static Headers headers(List<HeaderValue> list) {
        Headers headers = new Headers(list.size());
        for (HeaderValue each : list) {
            headers.add(
                    each.getKey().toLowerCase(Locale.ROOT),
                    each.getValue().isEmpty()
                            ? each.getRawValue().toString(StandardCharsets.ISO_8859_1)
                            : each.getValue());
        }
        return headers;
    }

    /// As Envoy shows them: a week is not said.
    private static long seconds(RateLimitResponse.RateLimit.Unit unit) {
        return switch (unit) {
            case SECOND -> 1;
            case MINUTE -> 60;
            case HOUR -> 3600;
            case DAY -> 86_400;
            case MONTH -> 30 * 86_400;
            case YEAR -> 365 * 86_400;
            case WEEK, UNKNOWN, UNRECOGNIZED -> 0;
        };
    }
}
