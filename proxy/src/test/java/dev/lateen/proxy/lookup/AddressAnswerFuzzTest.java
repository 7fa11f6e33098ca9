package dev.lateen.proxy.lookup;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.UnknownHostException;

/// Any bytes that come from where a name server is.
class AddressAnswerFuzzTest {
    @FuzzTest
    void readsOrLeavesAlone(byte[] message) throws UnknownHostException {
        byte[] question = AddressQuestion.encode(7, "a.test", false);
        AddressAnswer.read(message, message.length, question, false);
        // The same behind a header and a question that are right.
        byte[] answer = new byte[question.length + message.length];
        System.arraycopy(question, 0, answer, 0, question.length);
        System.arraycopy(message, 0, answer, question.length, message.length);
        answer[2] = (byte) 0x81;
        answer[7] = (byte) 0xff;
        AddressAnswer read = AddressAnswer.read(answer, answer.length, question, false);
        if (read == null || read.addresses().size() > 64 || read.ttlSeconds() < 0) {
            throw new IllegalStateException("read as " + read);
        }
    }
}
