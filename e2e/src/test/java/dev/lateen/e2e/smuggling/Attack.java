package dev.lateen.e2e.smuggling;

/// One input of the corpus.
///
/// @param id five digits, which stand in the targets of the input's own requests
/// @param group the class of attacks that it belongs to
/// @param expected requests that the proxy forwards for it; for responses the status that the client gets
/// @param perhaps whether fewer are right too, since the input turns out to be wrong when they are forwarded already
/// @param text in the corpus' notation
record Attack(String id, String group, String name, int expected, boolean perhaps, String text) {
    /// What targets of this input's requests hold.
    String token() {
        return "c" + id;
    }

    /// Target of the request that follows on the same connection.
    String sentinel() {
        return "/s" + id;
    }

    /// Target of the request that comes on another connection, when this one has ended.
    String after() {
        return "/a" + id;
    }

    @Override
    public String toString() {
        return id + " [" + group + "] " + name;
    }
}
