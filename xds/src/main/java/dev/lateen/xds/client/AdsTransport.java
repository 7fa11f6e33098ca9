package dev.lateen.xds.client;

/// Opens the stream's connection; one implementation goes over the network (`GrpcAdsTransport`), tests have others.
///
/// Thread: the client's loop.
public interface AdsTransport {
    /// Opens a stream; its events come on the client's loop, the first of them is `onOpen` or `onClosed`.
    ///
    /// @param path of the method: `/package.Service/Method`
    void open(String path, Events events);

    interface Events {
        void onOpen(Stream stream);

        void onMessage(byte[] message);

        /// The last event.
        void onClosed(String reason);
    }

    interface Stream {
        void send(byte[] message);

        void cancel();
    }
}
