package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.stream.StreamInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// A piece of a compiled format.
///
/// Thread: any (immutable).
sealed interface LogNode {
    /// False where it has no value; then nothing was appended.
    boolean append(StreamInfo info, LineBuffer out);

    /// Literal text and operators in turn.
    ///
    /// @param missing what stands for a value that is missing
    record Text(List<LogOperator> parts, String missing) implements LogNode {
        @Override
        public boolean append(StreamInfo info, LineBuffer out) {
            for (int index = 0; index < parts.size(); index++) {
                if (!parts.get(index).append(info, out)) {
                    out.append(missing);
                }
            }
            return true;
        }
    }

    /// A JSON value of a single operator, which keeps its type.
    final class Leaf implements LogNode {
        private final LogOperator operator;
        private final boolean writesJson;
        private final boolean plain;

        Leaf(LogOperator operator) {
            this.operator = operator;
            this.writesJson = operator.writesJson();
            this.plain = operator instanceof LogOperator.Plain;
        }

        @Override
        public boolean append(StreamInfo info, LineBuffer out) {
            if (writesJson) {
                return operator.appendJson(info, out);
            }
            int start = out.length();
            out.append('"');
            if (!operator.append(info, out)) {
                out.setLength(start);
                return false;
            }
            if (!plain) {
                out.escapeFrom(start + 1);
            }
            out.append('"');
            return true;
        }
    }

    /// A JSON text of literals and operators.
    record Quoted(Text text) implements LogNode {
        @Override
        public boolean append(StreamInfo info, LineBuffer out) {
            out.append('"');
            int content = out.length();
            text.append(info, out);
            out.escapeFrom(content);
            out.append('"');
            return true;
        }
    }

    record Literal(String json) implements LogNode {
        @Override
        public boolean append(StreamInfo info, LineBuffer out) {
            out.append(json);
            return true;
        }
    }

    /// A JSON object. Names are escaped once, not in each line.
    final class Members implements LogNode {
        private final byte[][] names;
        private final LogNode[] values;
        private final boolean omitEmpty;

        Members(Map<String, LogNode> members, boolean omitEmpty) {
            this.names = members.keySet().stream().map(Members::quoted).toArray(byte[][]::new);
            this.values = members.values().toArray(LogNode[]::new);
            this.omitEmpty = omitEmpty;
        }

        private static byte[] quoted(String name) {
            StringBuilder text = new StringBuilder(",\"");
            JsonText.escape(name, text);
            return text.append("\":").toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public boolean append(StreamInfo info, LineBuffer out) {
            int open = out.length();
            for (int index = 0; index < names.length; index++) {
                int start = out.length();
                out.append(names[index]);
                LogNode value = values[index];
                // Nearly all are leaves, which the compiler then finds without a table.
                boolean there = value instanceof Leaf leaf ? leaf.append(info, out) : value.append(info, out);
                if (!there) {
                    if (omitEmpty) {
                        out.setLength(start);
                    } else {
                        out.append("null");
                    }
                }
            }
            if (out.length() == open) {
                out.append('{');
            } else {
                out.set(open, '{');
            }
            out.append('}');
            return true;
        }
    }

    record Items(List<LogNode> items) implements LogNode {
        @Override
        public boolean append(StreamInfo info, LineBuffer out) {
            out.append('[');
            for (int index = 0; index < items.size(); index++) {
                if (index > 0) {
                    out.append(',');
                }
                if (!items.get(index).append(info, out)) {
                    out.append("null");
                }
            }
            out.append(']');
            return true;
        }
    }

    record Line(LogNode content) implements LogNode {
        @Override
        public boolean append(StreamInfo info, LineBuffer out) {
            content.append(info, out);
            out.append('\n');
            return true;
        }
    }
}
