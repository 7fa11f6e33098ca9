package dev.lateen.proxy.telemetry;

import dev.lateen.proxy.stream.StreamInfo;
import org.jspecify.annotations.Nullable;

/// The numbers of one set of labels, as one event loop writes them.
///
/// Thread: write on one thread only; read on any.
sealed interface IstioSeries {
    /// Grows with each use.
    long uses();

    /// Whether something goes on that will be counted here.
    boolean busy();

    /// Whether its set of labels is no longer shown: whoever writes begins a new one.
    boolean retired();

    void retire();

    /// HTTP and gRPC.
    final class Requests implements IstioSeries {
        final Cell total = new Cell();
        final HistogramCells duration = new HistogramCells();
        final HistogramCells requestBytes = new HistogramCells();
        final HistogramCells responseBytes = new HistogramCells();
        /// Where the messages of the same ends count; null for what is not gRPC. Its writer's.
        @Nullable
        Messages messages;

        private volatile boolean retired;

        @Override
        public long uses() {
            return total.value();
        }

        @Override
        public boolean busy() {
            return false;
        }

        @Override
        public boolean retired() {
            return retired;
        }

        @Override
        public void retire() {
            retired = true;
        }
    }

    /// Of gRPC.
    final class Messages implements IstioSeries {
        final Cell requests = new Cell();
        final Cell responses = new Cell();
        /// Calls that have counted here and go on.
        final Cell open = new Cell();
        private volatile boolean retired;

        @Override
        public long uses() {
            return requests.value() + responses.value();
        }

        @Override
        public boolean busy() {
            return open.value() != 0;
        }

        @Override
        public boolean retired() {
            return retired;
        }

        @Override
        public void retire() {
            retired = true;
        }
    }

    /// Of TCP. What has counted its opening here counts its end here too, so that the two differ by what is open.
    final class Connections implements IstioSeries, IstioMetrics.Connection {
        final Cell opened = new Cell();
        final Cell closed = new Cell();
        final Cell sentBytes = new Cell();
        final Cell receivedBytes = new Cell();
        private volatile boolean retired;

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
        public long uses() {
            return opened.value() + closed.value();
        }

        @Override
        public boolean busy() {
            return opened.value() != closed.value();
        }

        @Override
        public boolean retired() {
            return retired;
        }

        @Override
        public void retire() {
            retired = true;
        }
    }
}
