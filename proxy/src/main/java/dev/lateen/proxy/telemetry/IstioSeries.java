package dev.lateen.proxy.telemetry;

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
        final boolean grpc;
        final Cell total = new Cell();
        final HistogramCells duration = new HistogramCells();
        final HistogramCells requestBytes = new HistogramCells();
        final HistogramCells responseBytes = new HistogramCells();
        final Cell requestMessages = new Cell();
        final Cell responseMessages = new Cell();
        private volatile boolean retired;

        Requests(boolean grpc) {
            this.grpc = grpc;
        }

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

    final class Connections implements IstioSeries {
        final Cell opened = new Cell();
        final Cell closed = new Cell();
        final Cell sentBytes = new Cell();
        final Cell receivedBytes = new Cell();
        private volatile boolean retired;

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
