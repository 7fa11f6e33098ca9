package dev.lateen.proxy.telemetry;

import dev.lateen.proxy.stream.StreamInfo;
import org.jspecify.annotations.Nullable;

/// The numbers of one set of labels, as one event loop writes them.
///
/// Thread: write on one thread only; read on any.
abstract sealed class IstioSeries {
    private volatile boolean retired;

    /// Grows with each use.
    abstract long uses();

    /// Whether something goes on that will be counted here.
    abstract boolean busy();

    /// Whether its set of labels is no longer shown: whoever writes begins a new one.
    final boolean retired() {
        return retired;
    }

    final void retire() {
        retired = true;
    }

    /// HTTP and gRPC.
    static final class Requests extends IstioSeries {
        final Cell total = new Cell();
        final HistogramCells duration = new HistogramCells();
        final HistogramCells requestBytes = new HistogramCells();
        final HistogramCells responseBytes = new HistogramCells();
        /// Where the messages of the same ends count; null for what is not gRPC. Its writer's.
        @Nullable
        Messages messages;

        @Override
        long uses() {
            return total.value();
        }

        @Override
        boolean busy() {
            return false;
        }
    }

    /// Of gRPC.
    static final class Messages extends IstioSeries {
        final Cell requests = new Cell();
        final Cell responses = new Cell();
        /// Calls that have counted here and go on.
        final Cell open = new Cell();

        @Override
        long uses() {
            return requests.value() + responses.value();
        }

        @Override
        boolean busy() {
            return open.value() != 0;
        }
    }

    /// Of TCP. What has counted its opening here counts its end here too, so that the two differ by what is open.
    static final class Connections extends IstioSeries implements IstioMetrics.Connection {
        final Cell opened = new Cell();
        final Cell closed = new Cell();
        final Cell sentBytes = new Cell();
        final Cell receivedBytes = new Cell();

        @Override
        public void bytes(StreamInfo info) {
            sentBytes.add(info.bytesSent - info.countedSent);
            receivedBytes.add(info.bytesReceived - info.countedReceived);
            info.countedSent = info.bytesSent;
            info.countedReceived = info.bytesReceived;
        }

        @Override
        public void closed(StreamInfo info) {
            bytes(info);
            closed.increment();
        }

        @Override
        long uses() {
            return opened.value() + closed.value();
        }

        @Override
        boolean busy() {
            return opened.value() != closed.value();
        }
    }
}
