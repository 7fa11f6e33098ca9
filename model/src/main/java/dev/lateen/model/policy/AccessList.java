package dev.lateen.model.policy;

import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.Origin;
import dev.lateen.model.istio.Reader;
import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Who gets in, or stays out, before any other policy is asked.
///
/// @param deny those on the list are refused; else they get in, and others only by other lists
/// @param members who is on the list; what sources hold comes in by `withLists`
/// @param shadow verdicts are reported, not enforced
public record AccessList(Attached to, boolean deny, Members members, List<Source> sources, boolean shadow) {
    private static final Duration FILE_REFRESH = Duration.ofSeconds(10);
    private static final Duration URL_REFRESH = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    public static Bound<AccessList> bind(RawResource resource) {
        return Reader.spec(
                resource,
                in -> new AccessList(
                        Attached.of(resource, in),
                        in.text("action", "").equals("DENY"),
                        new Members(
                                in.texts("ipBlocks"),
                                in.texts("remoteIpBlocks"),
                                in.texts("principals"),
                                in.objects("headers", Header::of)),
                        in.objects("sources", Source::of),
                        in.flag("shadow")));
    }

    public Metadata metadata() {
        return to.metadata();
    }

    /// The list with what somebody has read for its sources; itself where none of it concerns it.
    public AccessList withLists(Map<ListAddress, List<String>> read) {
        if (sources.stream().noneMatch(s -> read.containsKey(s.address()))) {
            return this;
        }
        List<String> direct = new ArrayList<>(members.ipBlocks());
        List<String> remote = new ArrayList<>(members.remoteIpBlocks());
        List<String> principals = new ArrayList<>(members.principals());
        List<Header> headers = new ArrayList<>(members.headers());
        for (Source source : sources) {
            List<String> values = read.getOrDefault(source.address(), List.of());
            switch (source.address().holds()) {
                case IP_BLOCKS -> direct.addAll(values);
                case REMOTE_IP_BLOCKS -> remote.addAll(values);
                case PRINCIPALS -> principals.addAll(values);
                case HEADER_VALUES -> headers.add(new Header(source.header(), values));
            }
        }
        Members all = new Members(direct, remote, principals, headers);
        return new AccessList(to, deny, all, sources, shadow);
    }

    /// Whoever has one of these is on the list.
    ///
    /// @param ipBlocks addresses of the connection's peer
    /// @param remoteIpBlocks addresses of the original client
    public record Members(
            List<String> ipBlocks, List<String> remoteIpBlocks, List<String> principals, List<Header> headers) {
        public Members {
            ipBlocks = List.copyOf(ipBlocks);
            remoteIpBlocks = List.copyOf(remoteIpBlocks);
            principals = List.copyOf(principals);
            headers = List.copyOf(headers);
        }
    }

    /// @param name in lower case
    public record Header(String name, List<String> values) {
        static Header of(Reader in) {
            return new Header(in.text("name", "").toLowerCase(Locale.ROOT), in.texts("values"));
        }
    }

    public enum Holds {
        IP_BLOCKS,
        REMOTE_IP_BLOCKS,
        PRINCIPALS,
        HEADER_VALUES;

        static Holds of(String text) {
            for (Holds holds : values()) {
                if (holds.name().equals(text)) {
                    return holds;
                }
            }
            return IP_BLOCKS;
        }
    }

    /// Where a list stands, and what its lines hold. Sources with equal addresses share what was read.
    ///
    /// @param file below the configuration directory; empty for a list at `url`
    /// @param patience how long an answer may take
    public record ListAddress(String file, String url, Holds holds, Duration refresh, Duration patience) {
        /// File or URL, as messages name it.
        public String place() {
            return file.isEmpty() ? url : file;
        }
    }

    /// @param header in lower case; empty unless the lines are values of one
    public record Source(Origin origin, ListAddress address, String header) {
        static Source of(Reader in) {
            String file = in.text("file", "");
            Duration usual = file.isEmpty() ? URL_REFRESH : FILE_REFRESH;
            return new Source(
                    in.origin(),
                    new ListAddress(
                            file,
                            in.text("url", ""),
                            Holds.of(in.text("holds", "")),
                            in.duration("refreshInterval").orElse(usual),
                            in.duration("timeout").orElse(PATIENCE)),
                    in.text("header", "").toLowerCase(Locale.ROOT));
        }
    }
}
