package dev.lateen.net.http;

/// Takes the response of one `ClientStream`.
///
/// Thread: event loop of its channel.
public interface ResponseListener extends StreamListener {
    /// A 1xx head other than 101.
    void onInformational(ResponseHead head);

    /// The final head; `end` is true where no body follows. A 101 or a tunnel's 2xx is a final head, with data after.
    void onHead(ResponseHead head, boolean end);
}
