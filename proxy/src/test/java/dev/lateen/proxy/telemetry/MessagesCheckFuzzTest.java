package dev.lateen.proxy.telemetry;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.prometheus.client.Metrics;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/// Any bytes that an application calls its metrics.
class MessagesCheckFuzzTest {
    /// What is taken may stand among other messages: a collector reads those before and behind it.
    @FuzzTest
    void takesWholeMessagesOrNone(byte[] page) throws IOException {
        if (MessagesCheck.problem(page).isPresent()) {
            return;
        }
        byte[] together = new byte[page.length + OWN.length];
        System.arraycopy(page, 0, together, 0, page.length);
        System.arraycopy(OWN, 0, together, page.length, OWN.length);
        ByteArrayInputStream in = new ByteArrayInputStream(together);
        Metrics.MetricFamily last = Metrics.MetricFamily.getDefaultInstance();
        while (in.available() > 0) {
            last = Metrics.MetricFamily.parseDelimitedFrom(in);
        }
        if (!last.getName().equals("own")) {
            throw new IllegalStateException("what follows the page is read as '" + last.getName() + "'");
        }
    }

    /// `own`, a counter: length, field 1 of that length, type.
    private static final byte[] OWN = {7, 0x0a, 3, 'o', 'w', 'n', 0x18, 0};
}
