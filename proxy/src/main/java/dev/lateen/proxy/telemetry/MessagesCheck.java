package dev.lateen.proxy.telemetry;

import com.google.protobuf.InvalidProtocolBufferException;
import io.prometheus.client.Metrics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/// Whether messages that somebody else has written could stand on a page together with ours (see `ExpositionCheck`).
public final class MessagesCheck {
    private MessagesCheck() {}

    /// What is wrong with them, for those who read logs; empty where nothing is.
    public static Optional<String> problem(byte[] page) {
        ByteArrayInputStream in = new ByteArrayInputStream(page);
        try {
            for (int number = 1; in.available() > 0; number++) {
                Metrics.MetricFamily family = Metrics.MetricFamily.parseDelimitedFrom(in);
                if (family.getName().isEmpty()) {
                    return Optional.of("message " + number + " has no name (expected: a metric family)");
                }
            }
            return Optional.empty();
        } catch (InvalidProtocolBufferException e) {
            return Optional.of("no messages of metric families: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
