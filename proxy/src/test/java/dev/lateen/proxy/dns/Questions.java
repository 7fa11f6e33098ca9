package dev.lateen.proxy.dns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Messages of DNS in their bytes.
final class Questions {
    private Questions() {}

    static byte[] of(int id, String name, int type) {
        return of(id, name, type, 0);
    }

    /// @param size that the client takes, in an OPT record; 0 for none
    static byte[] of(int id, String name, int type, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writeShort(out, id);
        writeShort(out, 0x0100);
        writeShort(out, 1);
        writeShort(out, 0);
        writeShort(out, 0);
        writeShort(out, size == 0 ? 0 : 1);
        for (String label : name.split("\\.")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        out.write(0);
        writeShort(out, type);
        writeShort(out, 1);
        if (size > 0) {
            out.write(0);
            writeShort(out, 41);
            writeShort(out, size);
            out.writeBytes(new byte[6]);
        }
        return out.toByteArray();
    }

    /// What a name server answers with: addresses of IPv4, which end in these numbers.
    static byte[] answer(byte[] question, int count) {
        int questionBytes = questionBytes(question);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(question, 0, 2);
        writeShort(out, 0x8180);
        writeShort(out, 1);
        writeShort(out, count);
        writeShort(out, 0);
        writeShort(out, 0);
        out.write(question, 12, questionBytes);
        for (int i = 1; i <= count; i++) {
            writeShort(out, 0xc00c);
            writeShort(out, 1);
            writeShort(out, 1);
            writeShort(out, 0);
            writeShort(out, 60);
            writeShort(out, 4);
            out.writeBytes(new byte[] {10, 0, (byte) (i >> 8), (byte) i});
        }
        return out.toByteArray();
    }

    /// An answer without records.
    static byte[] code(byte[] question, int code) {
        byte[] answer = answer(question, 0);
        answer[3] |= (byte) code;
        return answer;
    }

    static byte[] truncated(byte[] question) {
        byte[] answer = answer(question, 0);
        answer[2] |= 2;
        return answer;
    }

    private static int questionBytes(byte[] question) {
        int at = 12;
        while (question[at] != 0) {
            at += question[at] + 1;
        }
        return at + 5 - 12;
    }

    private static void writeShort(ByteArrayOutputStream out, int value) {
        out.write(value >> 8);
        out.write(value);
    }
}
