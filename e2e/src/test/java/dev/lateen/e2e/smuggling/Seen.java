package dev.lateen.e2e.smuggling;

/// One whole request as a server saw it.
///
/// @param body bytes as Latin-1
record Seen(String method, String target, String body) {
    boolean has(String token) {
        return target.contains(token);
    }

    /// Comparable with what the proxy logs.
    String view() {
        return method + " " + target + " " + body.length();
    }

    /// What the server answers with, so that its client knows too.
    String answer() {
        return "SAW " + method + " " + target + "\n";
    }
}
