package dev.lateen.proxy.ratelimit;

import dev.lateen.net.http.RequestHead;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.ratelimit.Descriptor.Entry;
import dev.lateen.proxy.route.QueryMatcher;
import dev.lateen.proxy.route.QueryText;
import dev.lateen.proxy.route.RateLimitAction;
import dev.lateen.proxy.route.RateLimitPolicy;
import dev.lateen.proxy.stream.Addresses;
import dev.lateen.proxy.stream.StreamInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes descriptors of a request, as routes say.
///
/// Source: Envoy's rate limit actions. Thread: event loop of the request.
public final class DescriptorBuilder {
    private static final long MAX_HITS = 1_000_000_000;

    private final RequestHead head;
    private final StreamInfo info;
    private final String sourceCluster;
    private final String destinationCluster;

    /// @param sourceCluster of this proxy's node
    /// @param destinationCluster that the request goes to
    public DescriptorBuilder(RequestHead head, StreamInfo info, String sourceCluster, String destinationCluster) {
        this.head = head;
        this.info = info;
        this.sourceCluster = sourceCluster;
        this.destinationCluster = destinationCluster;
    }

    /// Adds the descriptors that these policies make in a stage.
    ///
    /// @param stage -1: of whatever stage
    /// @param done those that count when the exchange has ended, rather than before
    public void addTo(List<Descriptor> descriptors, List<RateLimitPolicy> policies, int stage, boolean done) {
        for (int index = 0; index < policies.size(); index++) {
            RateLimitPolicy policy = policies.get(index);
            if ((stage < 0 || policy.stage() == stage) && policy.onStreamDone() == done) {
                add(descriptors, policy);
            }
        }
    }

    private void add(List<Descriptor> descriptors, RateLimitPolicy policy) {
        List<Entry> entries = new ArrayList<>(4);
        List<RateLimitAction> actions = policy.actions();
        for (int index = 0; index < actions.size(); index++) {
            if (!add(entries, actions.get(index))) {
                return;
            }
        }
        if (!entries.isEmpty()) {
            descriptors.add(new Descriptor(entries, override(policy), hits(policy.hits())));
        }
    }

    /// False where there is to be no descriptor.
    private boolean add(List<Entry> entries, RateLimitAction action) {
        return switch (action) {
            case RateLimitAction.SourceCluster _ -> entries.add(new Entry("source_cluster", sourceCluster));
            case RateLimitAction.DestinationCluster _ ->
                entries.add(new Entry("destination_cluster", destinationCluster));
            case RateLimitAction.Header(String header, String key, boolean optional) ->
                put(entries, key, header(header), optional);
            case RateLimitAction.Query(String parameter, String key, boolean optional) ->
                put(entries, key, query(parameter), optional);
            case RateLimitAction.PeerIdentity(String key, boolean optional) ->
                put(entries, key, info.downstreamPeerUri, optional);
            case RateLimitAction.RemoteAddress _ -> put(entries, "remote_address", address(), false);
            case RateLimitAction.MaskedRemoteAddress(int v4, int v6) ->
                put(entries, "masked_remote_address", network(v4, v6), false);
            case RateLimitAction.Fixed(String key, String value) -> entries.add(new Entry(key, value));
            case RateLimitAction.HeaderMatch match ->
                matches(match) && entries.add(new Entry(match.key(), match.value()));
            case RateLimitAction.QueryMatch match ->
                matches(match) && entries.add(new Entry(match.key(), match.value()));
            case RateLimitAction.Found found -> found(entries, found);
        };
    }

    private static boolean put(List<Entry> entries, String key, @Nullable String value, boolean optional) {
        return value == null ? optional : entries.add(new Entry(key, value));
    }

    private @Nullable String header(String name) {
        return name.charAt(0) == ':' || name.equals("host")
                ? HeaderMatcher.value(head, name)
                : head.headers().get(name);
    }

    private @Nullable String query(String name) {
        String value = QueryMatcher.find(head.path(), name);
        try {
            return value == null ? null : QueryText.decoded(value);
        } catch (IllegalArgumentException _) {
            return value;
        }
    }

    private @Nullable InetAddress ip() {
        return info.downstreamRemote instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    private @Nullable String address() {
        InetSocketAddress inet = info.downstreamRemote instanceof InetSocketAddress known ? known : null;
        return inet == null ? null : Addresses.host(inet);
    }

    private @Nullable String network(int v4, int v6) {
        InetAddress ip = ip();
        if (ip == null) {
            return null;
        }
        byte[] bytes = ip.getAddress();
        int bits = bytes.length == 4 ? v4 : v6;
        for (int index = 0; index < bytes.length; index++) {
            int kept = Math.clamp(bits - index * Byte.SIZE, 0, Byte.SIZE);
            bytes[index] &= (byte) (0xff00 >> kept);
        }
        try {
            return Addresses.host(new InetSocketAddress(InetAddress.getByAddress(bytes), 0)) + "/" + bits;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address changed its length", e);
        }
    }

    private boolean matches(RateLimitAction.HeaderMatch match) {
        boolean all = true;
        for (int index = 0; all && index < match.headers().size(); index++) {
            all = match.headers().get(index).matches(head);
        }
        return all == match.expected();
    }

    private boolean matches(RateLimitAction.QueryMatch match) {
        boolean all = true;
        for (int index = 0; all && index < match.parameters().size(); index++) {
            all = match.parameters().get(index).matches(head.path());
        }
        return all == match.expected();
    }

    private boolean found(List<Entry> entries, RateLimitAction.Found found) {
        Object value = info.metadata(found.namespace(), found.path());
        String text = value instanceof String known && !known.isEmpty() ? known : found.fallback();
        return put(entries, found.key(), text.isEmpty() ? null : text, found.optional());
    }

    private Descriptor.@Nullable Replacement override(RateLimitPolicy policy) {
        if (policy.override().isEmpty()) {
            return null;
        }
        RateLimitPolicy.Replacement place = policy.override().get();
        if (info.metadata(place.namespace(), place.path()) instanceof Map<?, ?> map
                && map.get("requests_per_unit") instanceof Double requests
                && map.get("unit") instanceof String name
                && requests >= 0
                && requests <= Integer.MAX_VALUE) {
            int unit = unit(name);
            return unit == 0 ? null : new Descriptor.Replacement(requests.intValue(), unit);
        }
        return null;
    }

    /// Source: envoy.type.v3.RateLimitUnit.
    private static int unit(String name) {
        return switch (name) {
            case "SECOND" -> 1;
            case "MINUTE" -> 2;
            case "HOUR" -> 3;
            case "DAY" -> 4;
            case "MONTH" -> 5;
            case "YEAR" -> 6;
            case "WEEK" -> 7;
            default -> 0;
        };
    }

    private long hits(RateLimitPolicy.Hits hits) {
        if (hits.format().isEmpty()) {
            return hits.number();
        }
        try {
            long number = Long.parseLong(hits.format().get().render(info));
            return number >= 0 && number <= MAX_HITS ? number : -1;
        } catch (NumberFormatException _) {
            return -1;
        }
    }
}
