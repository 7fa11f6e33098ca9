package dev.lateen.proxy.tracing;

import dev.lateen.net.http.Headers;
import dev.lateen.proxy.tracing.TraceContext.Sampled;
import org.jspecify.annotations.Nullable;

/// A trace's context in the headers of a request. Both forms that are in use are read and written, so that a trace
/// stays whole through services which hand on only one of them.
///
/// Source: B3 propagation (openzipkin/b3-propagation), W3C Trace Context level 1. Thread: any.
final class Propagation {
    private static final String B3 = "b3";
    private static final String TRACE = "x-b3-traceid";
    private static final String SPAN = "x-b3-spanid";
    private static final String PARENT = "x-b3-parentspanid";
    private static final String SAMPLED = "x-b3-sampled";
    private static final String FLAGS = "x-b3-flags";
    private static final String W3C = "traceparent";
    private static final String STATE = "tracestate";

    /// `00-` trace `-` span `-` flags.
    private static final int W3C_LENGTH = 55;
    private static final int W3C_TRACE = 3;
    private static final int W3C_SPAN = 36;

    private Propagation() {}

    /// Which of two forms that disagree is believed.
    enum Form {
        B3_FIRST,
        W3C_FIRST
    }

    /// Null where the request belongs to no trace, or says so in a way that is not understood.
    static @Nullable TraceContext read(Headers headers, Form form) {
        TraceContext found = form == Form.B3_FIRST ? b3(headers) : w3c(headers);
        if (found == null) {
            found = form == Form.B3_FIRST ? w3c(headers) : b3(headers);
        }
        return found;
    }

    /// A sampling decision that came without a trace: `b3: 0`, or `x-b3-sampled` alone.
    static Sampled decision(Headers headers) {
        String single = headers.get(B3);
        if (single != null && single.length() == 1) {
            return sampled(single, 0);
        }
        String flags = headers.get(FLAGS);
        return "1".equals(flags) ? Sampled.YES : sampled(headers.get(SAMPLED));
    }

    private static @Nullable TraceContext b3(Headers headers) {
        String single = headers.get(B3);
        if (single != null) {
            TraceContext found = single(single);
            if (found != null) {
                return found;
            }
        }
        String trace = headers.get(TRACE);
        String span = headers.get(SPAN);
        if (trace == null || span == null) {
            return null;
        }
        return context(trace, 0, trace.length(), span, 0, span.length(), decision(headers));
    }

    /// Trace, span and, if they are known, decision and parent, with hyphens between.
    private static @Nullable TraceContext single(String text) {
        int first = text.indexOf('-');
        if (first < 0) {
            return null;
        }
        int second = text.indexOf('-', first + 1);
        int end = second < 0 ? text.length() : second;
        return context(
                text, 0, first, text, first + 1, end, second < 0 ? Sampled.UNDECIDED : sampled(text, second + 1));
    }

    private static @Nullable TraceContext w3c(Headers headers) {
        String text = headers.get(W3C);
        if (text == null || text.length() < W3C_LENGTH || text.startsWith("ff")) {
            return null;
        }
        boolean longer = text.length() > W3C_LENGTH;
        boolean formed = HexIds.isHex(text, 0, 2)
                && text.charAt(2) == '-'
                && text.charAt(35) == '-'
                && text.charAt(52) == '-'
                && HexIds.isHex(text, 53, 55)
                && (longer ? !text.startsWith("00") && text.charAt(W3C_LENGTH) == '-' : true);
        if (!formed) {
            return null;
        }
        boolean yes = (HexIds.parse(text, 53, 55) & 1) != 0;
        return context(text, 3, 35, text, 36, 52, yes ? Sampled.YES : Sampled.NO);
    }

    private static @Nullable TraceContext context(
            String trace, int from, int to, String span, int spanFrom, int spanTo, Sampled sampled) {
        int length = to - from;
        if ((length != HexIds.LENGTH && length != 2 * HexIds.LENGTH)
                || spanTo - spanFrom != HexIds.LENGTH
                || !HexIds.isHex(trace, from, to)
                || !HexIds.isHex(span, spanFrom, spanTo)) {
            return null;
        }
        long high = length == HexIds.LENGTH ? 0 : HexIds.parse(trace, from, from + HexIds.LENGTH);
        long low = HexIds.parse(trace, to - HexIds.LENGTH, to);
        long id = HexIds.parse(span, spanFrom, spanTo);
        return (high | low) == 0 || id == 0 ? null : new TraceContext(high, low, id, 0, sampled);
    }

    private static Sampled sampled(@Nullable String text) {
        return text == null || text.isEmpty() ? Sampled.UNDECIDED : sampled(text, 0);
    }

    private static Sampled sampled(String text, int at) {
        if (at >= text.length()) {
            return Sampled.UNDECIDED;
        }
        return switch (text.charAt(at)) {
            case '1', 'd', 't' -> Sampled.YES;
            case '0', 'f' -> Sampled.NO;
            default -> Sampled.UNDECIDED;
        };
    }

    /// Tells the next hop, in both forms, and in B3's single field where the request has it.
    ///
    /// @return the trace's id as it goes out
    static String write(Headers headers, TraceContext context, boolean continued) {
        byte[] w3c = w3c(context);
        String trace = trace(context, w3c);
        String span = HexIds.text(w3c, W3C_SPAN, HexIds.LENGTH);
        String sampled = context.sampled() == Sampled.YES ? "1" : "0";
        headers.set(TRACE, trace);
        headers.set(SPAN, span);
        headers.set(SAMPLED, sampled);
        if (context.parent() == 0) {
            headers.remove(PARENT);
        } else {
            headers.set(PARENT, HexIds.text(context.parent()));
        }
        if (headers.contains(B3)) {
            headers.set(B3, trace + "-" + span + "-" + sampled);
        }
        headers.set(W3C, HexIds.text(w3c, 0, W3C_LENGTH));
        if (!continued) {
            headers.remove(STATE);
        }
        return trace;
    }

    /// The trace's id as it would go out.
    static String trace(TraceContext context) {
        return trace(context, w3c(context));
    }

    private static String trace(TraceContext context, byte[] w3c) {
        return context.high() == 0
                ? HexIds.text(w3c, W3C_TRACE + HexIds.LENGTH, HexIds.LENGTH)
                : HexIds.text(w3c, W3C_TRACE, 2 * HexIds.LENGTH);
    }

    private static byte[] w3c(TraceContext context) {
        byte[] text = new byte[W3C_LENGTH];
        text[0] = '0';
        text[1] = '0';
        text[2] = '-';
        int at = HexIds.write(context.low(), text, HexIds.write(context.high(), text, W3C_TRACE));
        text[at] = '-';
        at = HexIds.write(context.span(), text, W3C_SPAN);
        text[at] = '-';
        text[at + 1] = '0';
        text[at + 2] = (byte) (context.sampled() == Sampled.YES ? '1' : '0');
        return text;
    }
}
