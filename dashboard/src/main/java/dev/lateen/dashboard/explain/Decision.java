package dev.lateen.dashboard.explain;

import java.util.List;
import java.util.Set;

/// What one proxy noted of one request, as its admin API's `/decisions` tells. Absent texts are empty.
///
/// @param proxy its name, `pod.namespace`
/// @param notes live values of the decision, by their names
/// @param nearly routes that would have been taken but for something
public record Decision(
        String proxy,
        Asked asked,
        Answer answer,
        Caller caller,
        Config config,
        Upstream upstream,
        List<Note> notes,
        List<Near> nearly) {
    public Decision {
        notes = List.copyOf(notes);
        nearly = List.copyOf(nearly);
    }

    /// @param direction `inbound` to the workload, or `outbound` from it
    /// @param path without its query
    public record Asked(
            String id,
            long startMillis,
            String direction,
            String protocol,
            String method,
            String authority,
            String path) {}

    /// @param status 0 where there was none
    /// @param flags Envoy's, such as `UH`
    /// @param details Envoy's, such as `via_upstream`
    public record Answer(int status, Set<String> flags, String details, long micros) {
        public Answer {
            flags = Set.copyOf(flags);
        }
    }

    /// @param identity SPIFFE URI of its certificate
    /// @param tlsFailure what went wrong in the handshake with it
    public record Caller(String address, String identity, String workload, boolean mutualTls, String tlsFailure) {}

    /// @param patches of EnvoyFilters that have changed the listener or the route table
    public record Config(String listener, String filterChain, Route route, Cluster cluster, List<Made> patches) {
        public Config {
            patches = List.copyOf(patches);
        }
    }

    /// @param table the route configuration that was looked into
    public record Route(String table, String virtualHost, String name, Made from) {}

    /// @param patches of EnvoyFilters that have changed it
    public record Cluster(String name, Made from, List<Made> patches) {
        public Cluster {
            patches = List.copyOf(patches);
        }
    }

    /// What a piece of configuration was made from.
    ///
    /// @param resource its path in the Kubernetes API, as Istio writes it
    /// @param line 0 where it is not known
    /// @param field of the resource, such as `spec.http[0]`
    /// @param service host name of the service behind it
    public record Made(String resource, String file, int line, String field, String service) {
        public static final Made UNKNOWN = new Made("", "", 0, "", "");
    }

    /// @param host the last one that was tried
    /// @param mutualTls whether both sides of the connection to it have shown a certificate
    /// @param timeoutMicros 0: none
    /// @param failed attempts, oldest first
    public record Upstream(
            String host,
            String workload,
            boolean mutualTls,
            int attempts,
            long timeoutMicros,
            long perTryTimeoutMicros,
            String transportFailure,
            List<Attempt> failed) {
        public Upstream {
            failed = List.copyOf(failed);
        }
    }

    /// @param result status, or what went wrong
    public record Attempt(String host, String result, long micros) {}

    public record Note(String name, String value) {}

    /// @param wants what the request would have needed
    public record Near(String virtualHost, String name, String wants, Made from) {}

    /// The values of all notes of a name, in order.
    List<String> notes(String name) {
        return notes.stream()
                .filter(note -> note.name().equals(name))
                .map(Note::value)
                .toList();
    }

    String note(String name) {
        List<String> all = notes(name);
        return all.isEmpty() ? "" : all.getFirst();
    }

    boolean has(String flag) {
        return answer.flags().contains(flag);
    }

    boolean inbound() {
        return asked.direction().equals("inbound");
    }

    /// Whether the answer came from the next hop, and not from this proxy.
    public boolean passedOn() {
        return answer.details().equals("via_upstream");
    }

    /// Whether the client, such as the proxy before this one, went away without waiting for the answer.
    public boolean abandoned() {
        return has("DC");
    }
}
