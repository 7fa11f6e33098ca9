package dev.lateen.proxy.expression;

import com.google.re2j.Pattern;
import dev.lateen.net.http.Headers;
import dev.lateen.proxy.stream.DynamicMetadata;
import dev.lateen.proxy.stream.PeerInfo;
import dev.lateen.proxy.stream.StreamInfo;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A compiled expression. Values are `String`, `Long`, `Double`, `Boolean`, `Instant` and `Duration`; null stands for
/// CEL's errors: an attribute that is not there, operands that do not fit.
///
/// Thread: any (immutable).
public sealed interface Expression {
    @Nullable
    Object evaluate(StreamInfo info, Surroundings around);

    /// What `has` says of it: also maps and lists are there, although they are no values here.
    default boolean exists(StreamInfo info, Surroundings around) {
        return evaluate(info, around) != null;
    }

    /// The value as a label shows it, or null where it has none.
    default @Nullable String text(StreamInfo info, Surroundings around) {
        Object value = evaluate(info, around);
        return value == null ? null : Texts.of(value);
    }

    /// A literal.
    record Constant(Object value) implements Expression {
        @Override
        public Object evaluate(StreamInfo info, Surroundings around) {
            return value;
        }
    }

    /// An attribute.
    record Attribute(Fact fact) implements Expression {
        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            return fact.of(info);
        }
    }

    /// Where a header stands.
    enum Part {
        REQUEST,
        RESPONSE,
        TRAILER
    }

    /// @param name lower case
    record Header(Part part, String name) implements Expression {
        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            return switch (part) {
                case REQUEST -> ofRequest(info);
                case RESPONSE ->
                    name.equals(":status") && info.status != 0
                            ? Integer.toString(info.status)
                            : of(info.responseHeaders);
                case TRAILER -> of(info.responseTrailers);
            };
        }

        private @Nullable String ofRequest(StreamInfo info) {
            if (info.request == null) {
                return null;
            }
            return switch (name) {
                case ":method" -> info.request.method();
                case ":path" -> info.request.path();
                case ":authority", "host" -> info.request.authority();
                case ":scheme" -> info.request.scheme();
                default -> info.request.headers().get(name);
            };
        }

        private @Nullable String of(@Nullable Headers headers) {
            return headers == null ? null : headers.get(name);
        }
    }

    /// A value of our own node.
    record NodeField(List<String> path) implements Expression {
        public NodeField {
            path = List.copyOf(path);
        }

        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            return single(find(around));
        }

        @Override
        public boolean exists(StreamInfo info, Surroundings around) {
            return find(around) != null;
        }

        private @Nullable Object find(Surroundings around) {
            Object value = around.node();
            for (int index = 0; index < path.size(); index++) {
                value = value instanceof Map<?, ?> map ? map.get(path.get(index)) : null;
            }
            return value;
        }
    }

    /// Null where it is a map or a list.
    private static @Nullable Object single(@Nullable Object value) {
        return value instanceof Map<?, ?> || value instanceof List<?> ? null : value;
    }

    /// Whose metadata.
    enum MetadataOf {
        REQUEST,
        CLUSTER,
        UPSTREAM_HOST,
        ROUTE;

        private Map<String, Map<String, Object>> of(StreamInfo info) {
            return switch (this) {
                case REQUEST -> info.metadata().namespaces();
                case CLUSTER -> info.clusterMetadata;
                case UPSTREAM_HOST -> info.upstreamHostMetadata;
                case ROUTE -> info.route == null ? Map.of() : info.route.metadata();
            };
        }
    }

    /// A value of `filter_metadata`.
    ///
    /// @param namespace empty: all of them
    record MetadataField(MetadataOf source, String namespace, List<String> path) implements Expression {
        public MetadataField {
            path = List.copyOf(path);
        }

        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            return namespace.isEmpty() ? null : single(find(info));
        }

        @Override
        public boolean exists(StreamInfo info, Surroundings around) {
            return namespace.isEmpty() ? !source.of(info).isEmpty() : find(info) != null;
        }

        private @Nullable Object find(StreamInfo info) {
            return source == MetadataOf.REQUEST
                    ? info.metadata(namespace, path)
                    : DynamicMetadata.find(source.of(info), namespace, path);
        }
    }

    /// What is known of the workload at one side of us.
    enum PeerField {
        NAME,
        TYPE,
        WORKLOAD,
        NAMESPACE,
        APP,
        VERSION,
        SERVICE,
        REVISION,
        CLUSTER
    }

    record Peer(boolean upstream, PeerField field) implements Expression {
        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            PeerInfo peer = upstream ? info.upstreamPeer : info.downstreamPeer;
            String value = switch (field) {
                case NAME -> peer.replica().name();
                case TYPE -> peer.replica().type();
                case WORKLOAD -> peer.workload();
                case NAMESPACE -> peer.namespace();
                case APP -> peer.app();
                case VERSION -> peer.version();
                case SERVICE -> peer.canonicalService();
                case REVISION -> peer.canonicalRevision();
                case CLUSTER -> peer.cluster();
            };
            return value.isEmpty() || value.equals(PeerInfo.UNKNOWN_TEXT) ? null : value;
        }
    }

    /// A label that the peer has told us.
    record PeerLabel(boolean upstream, String label) implements Expression {
        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            return (upstream ? info.upstreamPeer : info.downstreamPeer)
                    .replica()
                    .labels()
                    .get(label);
        }
    }

    /// The peer as a whole, which is no value, but known or not.
    ///
    /// @param labels only those of it
    record WholePeer(boolean upstream, boolean labels) implements Expression {
        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            return null;
        }

        @Override
        public boolean exists(StreamInfo info, Surroundings around) {
            PeerInfo peer = upstream ? info.upstreamPeer : info.downstreamPeer;
            return labels
                    ? !peer.replica().labels().isEmpty()
                    : !peer.workload().equals(PeerInfo.UNKNOWN_TEXT);
        }
    }

    record Not(Expression of) implements Expression {
        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            return of.evaluate(info, around) instanceof Boolean value ? (Object) !value : null;
        }
    }

    /// `&&` or `||`: a decisive side decides, whatever the other is.
    record Logic(boolean decisive, Expression left, Expression right) implements Expression {
        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            Object one = left.evaluate(info, around);
            if (one instanceof Boolean value && value == decisive) {
                return one;
            }
            Object other = right.evaluate(info, around);
            if (other instanceof Boolean value && value == decisive) {
                return other;
            }
            return one instanceof Boolean && other instanceof Boolean ? (Object) !decisive : null;
        }
    }

    enum Relation {
        EQUAL,
        UNEQUAL,
        LESS,
        AT_MOST,
        MORE,
        AT_LEAST
    }

    record Comparison(Relation relation, Expression left, Expression right) implements Expression {
        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            Object one = left.evaluate(info, around);
            Object other = right.evaluate(info, around);
            if (one == null || other == null) {
                return null;
            }
            return switch (relation) {
                case EQUAL -> Operations.equal(one, other);
                case UNEQUAL -> !Operations.equal(one, other);
                case LESS, AT_MOST, MORE, AT_LEAST -> Operations.ordered(relation, one, other);
            };
        }
    }

    /// @param operator one of `+ - * / %`
    record Arithmetic(char operator, Expression left, Expression right) implements Expression {
        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            Object one = left.evaluate(info, around);
            Object other = right.evaluate(info, around);
            return one == null || other == null ? null : Operations.arithmetic(operator, one, other);
        }
    }

    record Conditional(Expression condition, Expression then, Expression otherwise) implements Expression {
        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            if (!(condition.evaluate(info, around) instanceof Boolean holds)) {
                return null;
            }
            return holds ? then.evaluate(info, around) : otherwise.evaluate(info, around);
        }
    }

    enum TextTest {
        CONTAINS,
        STARTS_WITH,
        ENDS_WITH
    }

    record TextQuestion(TextTest test, Expression text, Expression part) implements Expression {
        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            if (!(text.evaluate(info, around) instanceof String whole)
                    || !(part.evaluate(info, around) instanceof String piece)) {
                return null;
            }
            return switch (test) {
                case CONTAINS -> whole.contains(piece);
                case STARTS_WITH -> whole.startsWith(piece);
                case ENDS_WITH -> whole.endsWith(piece);
            };
        }
    }

    /// Whether some part of the text matches, in time that grows only with its length.
    record Matches(Expression text, Pattern pattern) implements Expression {
        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            return text.evaluate(info, around) instanceof String whole
                    ? (Object) pattern.matcher(whole).find()
                    : null;
        }
    }

    /// `x in [a, b]`.
    record In(Expression value, List<Expression> list) implements Expression {
        public In {
            list = List.copyOf(list);
        }

        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            Object sought = value.evaluate(info, around);
            if (sought == null) {
                return null;
            }
            for (int index = 0; index < list.size(); index++) {
                Object candidate = list.get(index).evaluate(info, around);
                if (candidate != null && Operations.equal(sought, candidate)) {
                    return true;
                }
            }
            return false;
        }
    }

    /// `has(x)`.
    record Has(Expression of) implements Expression {
        @Override
        public Object evaluate(StreamInfo info, Surroundings around) {
            return of.exists(info, around);
        }
    }

    enum Conversion {
        STRING,
        INT,
        SIZE
    }

    record Converted(Conversion conversion, Expression of) implements Expression {
        @Override
        public @Nullable Object evaluate(StreamInfo info, Surroundings around) {
            Object value = of.evaluate(info, around);
            if (value == null) {
                return null;
            }
            return switch (conversion) {
                case STRING -> Texts.of(value);
                case INT -> Operations.toInt(value);
                case SIZE ->
                    value instanceof String text ? (Object) (long) text.codePointCount(0, text.length()) : null;
            };
        }
    }
}
