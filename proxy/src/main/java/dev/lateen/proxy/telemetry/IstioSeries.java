package dev.lateen.proxy.telemetry;

/// The numbers of one set of labels, as one event loop writes them.
///
/// Thread: write on one thread only; read on any.
final class IstioSeries {
    /// HTTP and gRPC.
    static final class Requests {
        final boolean grpc;
        final Cell total = new Cell();
        final HistogramCells duration = new HistogramCells();
        final HistogramCells requestBytes = new HistogramCells();
        final HistogramCells responseBytes = new HistogramCells();
        final Cell requestMessages = new Cell();
        final Cell responseMessages = new Cell();

        Requests(boolean grpc) {
            this.grpc = grpc;
        }
    }

    static final class Connections {
        final Cell opened = new Cell();
        final Cell closed = new Cell();
        final Cell sentBytes = new Cell();
        final Cell receivedBytes = new Cell();
    }

    private IstioSeries() {}
}
