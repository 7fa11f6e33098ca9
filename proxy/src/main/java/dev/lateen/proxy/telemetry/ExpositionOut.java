package dev.lateen.proxy.telemetry;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Gathers the pieces of lines into large writes.
///
/// Thread: one at a time.
final class ExpositionOut {
    private static final int BUFFER_BYTES = 32 * 1024;
    private static final int LONGEST_NUMBER = 24;

    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final byte[] digits = new byte[LONGEST_NUMBER];
    private int used;

    ExpositionOut(OutputStream out) {
        this.out = out;
    }

    ExpositionOut text(String text) throws IOException {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    ExpositionOut bytes(byte[] bytes) throws IOException {
        if (bytes.length > buffer.length - used) {
            flush();
            if (bytes.length > buffer.length) {
                out.write(bytes);
                return this;
            }
        }
        System.arraycopy(bytes, 0, buffer, used, bytes.length);
        used += bytes.length;
        return this;
    }

    ExpositionOut letter(char letter) throws IOException {
        if (used == buffer.length) {
            flush();
        }
        buffer[used] = (byte) letter;
        used++;
        return this;
    }

    ExpositionOut number(long value) throws IOException {
        if (value < 0) {
            return text(Long.toString(value));
        }
        int at = LONGEST_NUMBER;
        long rest = value;
        do {
            at--;
            digits[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest != 0);
        if (LONGEST_NUMBER - at > buffer.length - used) {
            flush();
        }
        System.arraycopy(digits, at, buffer, used, LONGEST_NUMBER - at);
        used += LONGEST_NUMBER - at;
        return this;
    }

    ExpositionOut decimal(double value) throws IOException {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? number((long) value)
                : text(Double.toString(value));
    }

    void flush() throws IOException {
        out.write(buffer, 0, used);
        used = 0;
    }
}
