package dev.lateen.model.source;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.tree.Node;
import dev.lateen.model.tree.Node.Field;
import dev.lateen.model.tree.Node.Mapping;
import dev.lateen.model.tree.Node.Scalar;
import dev.lateen.model.tree.Node.ScalarType;
import dev.lateen.model.tree.Node.Sequence;
import dev.lateen.model.tree.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;

/// Builds one document's tree from parser events, with a stack of its own, so that depth costs no Java stack.
///
/// An alias stands for a copy of what it names: its values count towards the limits each time it is used, which is
/// what stops "billion laughs". `<<` merges as in YAML 1.1, since Kubernetes' tools accept it.
///
/// Thread: any one.
final class TreeBuilder {
    private static final String MERGE_KEY = "<<";
    private static final String CORE_TAG = "tag:yaml.org,2002:";

    private final String file;
    private final int firstLine;
    private final YamlLimits limits;
    private final List<Diagnostic> diagnostics = new ArrayList<>();
    private final Map<String, Anchored> anchors = new HashMap<>();
    private final Deque<Frame> open = new ArrayDeque<>();
    private @Nullable Node root;
    private int nodes;
    private boolean hopeless;

    /// @param firstLine the line in the file at which the parser's first line stands, from 1
    TreeBuilder(String file, int firstLine, YamlLimits limits) {
        this.file = file;
        this.firstLine = firstLine;
        this.limits = limits;
    }

    void accept(Event event) {
        if (event instanceof ScalarEvent scalar) {
            place(scalar(scalar), scalar, 1, 0);
        } else if (event instanceof MappingStartEvent start) {
            open(new Frame(true, position(start), anchorOf(start)));
        } else if (event instanceof SequenceStartEvent start) {
            open(new Frame(false, position(start), anchorOf(start)));
        } else if (event instanceof AliasEvent alias) {
            alias(alias);
        } else if (event.getEventId() == Event.ID.MappingEnd || event.getEventId() == Event.ID.SequenceEnd) {
            close(open.pop());
        }
    }

    void add(Diagnostic diagnostic) {
        diagnostics.add(diagnostic);
    }

    /// Whether the rest of the document is not worth reading: a limit is passed.
    boolean isHopeless() {
        return hopeless;
    }

    /// What was read; empty for an empty document.
    Optional<YamlDocument> finish() {
        while (!open.isEmpty()) {
            close(open.pop());
        }
        Node whole = root;
        if (!diagnostics.isEmpty()) {
            Position at = whole == null ? diagnostics.getFirst().at() : whole.at();
            Mapping partial = whole instanceof Mapping mapping ? mapping : new Mapping(Map.of(), at);
            return Optional.of(new YamlDocument.Broken(partial, at, diagnostics));
        }
        if (whole == null || (whole instanceof Scalar scalar && scalar.type() == ScalarType.NULL)) {
            return Optional.empty();
        }
        return Optional.of(new YamlDocument.Read(whole, whole.at()));
    }

    private void open(Frame frame) {
        Frame parent = open.peek();
        if (parent != null && parent.expectsKey()) {
            giveUp("yaml-key", frame.at, "a mapping or list cannot be a key", "put quotes around the key");
        }
        open.push(frame);
        if (open.size() > limits.maxDepth()) {
            giveUp("too-deep", frame.at, "values are nested more than " + limits.maxDepth() + " levels deep", "");
        }
        count(1, frame.at);
    }

    private void close(Frame frame) {
        Node node = frame.mapping ? new Mapping(merged(frame), frame.at) : new Sequence(frame.items, frame.at);
        if (frame.anchor != null) {
            anchors.put(frame.anchor, new Anchored(node, frame.size, frame.height));
        }
        attach(node, frame.size, frame.height);
    }

    private void place(Scalar scalar, ScalarEvent event, int size, int height) {
        event.getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), new Anchored(scalar, 1, 0)));
        count(1, scalar.at());
        attach(scalar, size, height);
    }

    private void alias(AliasEvent alias) {
        Position at = position(alias);
        Anchored named = anchors.get(alias.getAlias().getValue());
        if (named == null) {
            giveUp("yaml-alias", at, "alias '*" + alias.getAlias().getValue() + "' names nothing above it", "");
            return;
        }
        if (open.size() + named.height() > limits.maxDepth()) {
            giveUp("too-deep", at, "values are nested more than " + limits.maxDepth() + " levels deep", "");
            return;
        }
        count(named.size(), at);
        if (!hopeless) {
            attach(named.node(), named.size(), named.height());
        }
    }

    private void attach(Node node, int size, int height) {
        Frame parent = open.peek();
        if (parent == null) {
            root = node;
            return;
        }
        parent.size = Math.addExact(parent.size, size);
        parent.height = Math.max(parent.height, height + 1);
        if (!parent.mapping) {
            parent.items.add(node);
        } else if (!parent.expectsKey()) {
            putField(parent, node);
        } else if (node instanceof Scalar key) {
            parent.key = key;
        }
    }

    private void putField(Frame frame, Node value) {
        Scalar key = frame.takeKey();
        if (key.text().equals(MERGE_KEY) && key.type() == ScalarType.STRING) {
            frame.merges.add(value);
            return;
        }
        Field rival = frame.fields.putIfAbsent(key.text(), new Field(key.at(), value));
        if (rival != null) {
            Position first = rival.keyAt();
            add(Diagnostic.error(
                            "duplicate-key",
                            key.at(),
                            pathTo(frame, key.text()),
                            "key '" + key.text() + "' is given twice")
                    .withAdvice("the first is at " + first.line() + ":" + first.column() + "; keep one of them"));
        }
    }

    private String pathTo(Frame last, String name) {
        StringBuilder path = new StringBuilder();
        for (Iterator<Frame> frames = open.descendingIterator(); frames.hasNext(); ) {
            Frame frame = frames.next();
            if (frame != last) {
                path.append(frame.step());
            }
        }
        return path.append(path.isEmpty() ? "" : ".").append(name).substring(path.charAt(0) == '.' ? 1 : 0);
    }

    private Map<String, Field> merged(Frame frame) {
        if (frame.merges.isEmpty()) {
            return frame.fields;
        }
        Map<String, Field> fields = new LinkedHashMap<>(frame.fields);
        for (Node merge : frame.merges) {
            List<Node> sources = merge instanceof Sequence sequence ? sequence.items() : List.of(merge);
            for (Node source : sources) {
                if (source instanceof Mapping mapping) {
                    mapping.fields().forEach(fields::putIfAbsent);
                } else {
                    add(Diagnostic.error("yaml-merge", source.at(), MERGE_KEY, "only mappings can be merged by '<<'"));
                }
            }
        }
        return fields;
    }

    private void count(int more, Position at) {
        nodes += more;
        if (nodes > limits.maxNodes()) {
            giveUp("too-large", at, "document holds more than " + limits.maxNodes() + " values", "split the document");
        }
    }

    private void giveUp(String code, Position at, String message, String advice) {
        if (!hopeless) {
            add(Diagnostic.error(code, at, "", message).withAdvice(advice));
        }
        hopeless = true;
    }

    private Scalar scalar(ScalarEvent event) {
        Position at = position(event);
        String tag = event.getTag().orElse("");
        if (tag.isEmpty() || tag.equals("!")) {
            boolean plain = event.isPlain() && tag.isEmpty();
            return new Scalar(event.getValue(), plain ? CoreTypes.of(event.getValue()) : ScalarType.STRING, at);
        }
        if (tag.equals(CORE_TAG + "str")) {
            return new Scalar(event.getValue(), ScalarType.STRING, at);
        }
        if (tag.startsWith(CORE_TAG)) {
            return new Scalar(event.getValue(), CoreTypes.of(event.getValue()), at);
        }
        add(Diagnostic.error("yaml-tag", at, "", "the tag '" + tag + "' is not known")
                .withAdvice("leave the tag out"));
        return new Scalar(event.getValue(), ScalarType.STRING, at);
    }

    private Position position(Event event) {
        return event.getStartMark()
                .map(mark -> new Position(file, mark.getLine() + firstLine, mark.getColumn() + 1))
                .orElse(new Position(file, firstLine, 1));
    }

    private static @Nullable String anchorOf(NodeEvent event) {
        return event.getAnchor().map(anchor -> anchor.getValue()).orElse(null);
    }

    private record Anchored(Node node, int size, int height) {}

    /// A mapping or sequence whose end has not come yet.
    private static final class Frame {
        final boolean mapping;
        final Position at;
        final @Nullable String anchor;
        final Map<String, Field> fields = new LinkedHashMap<>();
        final List<Node> items = new ArrayList<>();
        final List<Node> merges = new ArrayList<>();

        @Nullable
        Scalar key;

        int size = 1;
        int height;

        Frame(boolean mapping, Position at, @Nullable String anchor) {
            this.mapping = mapping;
            this.at = at;
            this.anchor = anchor;
        }

        /// The step from this collection to the value being read, as a field path writes it.
        String step() {
            Scalar current = key;
            return mapping ? "." + (current == null ? "" : current.text()) : "[" + items.size() + "]";
        }

        boolean expectsKey() {
            return mapping && key == null;
        }

        Scalar takeKey() {
            Scalar taken = key;
            key = null;
            if (taken == null) {
                throw new IllegalStateException("no key before a value");
            }
            return taken;
        }
    }
}
