package dev.lateen.e2e.smuggling;

import java.util.List;

/// A server that writes down each whole request, and answers with `Seen.answer`.
interface Backend extends AutoCloseable {
    String name();

    int port();

    boolean http2();

    /// So far, in the order in which they were whole.
    List<Seen> seen();

    /// What it refused, in its own words.
    List<String> complaints();

    @Override
    void close();
}
